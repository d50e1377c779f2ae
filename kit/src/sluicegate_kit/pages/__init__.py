"""Pages for people, as all services make them: layout, components, tokens, keys, theme. No domain word, no build step.

A service builds one `Pages` in its bootstrap and hands its routes to the application:

    pages = Pages("sluicegate_api", "/admin/agent-jobs")
    people = People(…, page=pages.problem)
    app = build_app(NAME, …, pages=[*pages.routes(), *jobs.routes(pages, reads)], people=people)

and answers with it:

    return pages.render(request, "jobs.html", block="rows", jobs=found, next_url=…)

`block` is what htmx gets instead of the whole page when it asks (`HX-Request`). A form that did its work answers
`see("/admin/…")` (303); what a form sends is read by `read_form(request, Model)` with a `Form` model. Whatever an
endpoint raises becomes a problem as on every route, and `pages.problem` shows it as HTML to those who asked for a page.
Rows of pages in `access.toml` say `page = true`. The routes of `pages.routes()` need rows too: assets and preferences,
both public.

Templates lie in the service's `pages/templates`, its own style sheets and scripts in `pages/static`; package data goes
with the package by itself. A template:

    {% extends "kit/layout.html" %}
    {% block title %}Jobs{% endblock %}
    {% block live %}{{ ui.live("/admin/…/events") }}{% endblock %}
    {% block content %}
    <div class="page-head"><h1>Jobs</h1></div>
    {% call ui.filters("/admin/agent-jobs") %}{{ ui.search("q", query.q, "Search jobs") }}{% endcall %}
    <table class="table">…<tr class="linked" data-row><td>{{ ui.badge("running", "accent", "play") }}</td>
      <td><a class="whole" href="…">{{ job.title|line }}</a></td><td>{{ job.created_at|ago(now) }}</td></tr></table>
    {% endblock %}

Every template knows `me` (the caller; None on public pages), `now`, `path`, `here`, `preferences`, `navigation`,
`request_id`, `asset("name.css")` (a URL), `may(service, method, path)` (whether the caller's roles open a route) and
`ui` (`kit/components.html`, its macros documented there). Other blocks of the layout: `head` (more style sheets),
`scripts` (`<script src="{{ asset('jobs.js') }}" defer>`), `main` (attributes of `<main>`), `keys` (lines of the key
help).

Text from strangers always goes through a filter: `|line` (one line, direction kept apart), `|block` (inside an element
that keeps white space) or `|plain` (in a title or an attribute); they escape, and make visible what would hide. Other
filters: `|ago(now)`, `|remaining(now)` (deadlines), the same two in columns that say so: `|age(now)`, `|left(now)`;
`|stamp(now)` (both times in full), `|absolute`, `|duration`, `|number`.

The policy sent with each page (`headers.py`) allows files of this origin and nothing inline: no `style=`, no
`onclick=`, no `<style>` or `<script>` with text. Hooks of `console.js` are data attributes: `data-row` (j/k moves, x
selects, Enter opens its `a.whole`), `data-row-key="c"` (a key for the current row), `data-key="r"` (a key for this
button, field or `<details>`), `data-ctrl-enter` on a form, `data-copy`, `data-open="dialog id"`, `data-search`,
`data-filters`. Events of a stream come as `live:<name>` on the document; `live:again` after a gap.
`sluicegate.say("…")` tells screen readers.
"""
