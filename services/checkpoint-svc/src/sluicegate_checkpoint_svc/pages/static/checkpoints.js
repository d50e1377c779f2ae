/* What the inbox and the review do when something changes while somebody looks. */
"use strict";

(() => {
  const { one, all, say } = sluicegate;
  const list = one("#list"), news = one("#news"), decide = () => one("#decide");
  const fresh = new Set(), known = new Map(), drawing = new Set(), ASK_MS = 500;
  let newest = 0, asking = null;

  for (const happened of ["recorded", "decided", "changed", "commented"])
    document.addEventListener(`live:${happened}`, (event) => heard(happened, JSON.parse(event.detail.data)));
  document.addEventListener("live:again", () => {
    if (list) compare();
    if (decide()) look().then(saidAgain);
  });

  function heard(happened, it) {
    if (list) inList(happened, it);
    if (decide()?.dataset.checkpoint === it.checkpointId) inReview(happened, it);
  }

  /* Inbox. Rows stay where they are: what is new waits for a key, what was decided is told in its place. */

  function inList(happened, it) {
    const row = one(`#row-${it.checkpointId}`);
    if (happened !== "commented") known.set(it.checkpointId, Math.max(known.get(it.checkpointId) ?? 0, it.version));
    if (row && happened !== "commented" && Number(row.dataset.version) < it.version) redraw(it.checkpointId);
    if (!row && happened === "recorded") {
      if (location.search) return askSoon();
      fresh.add(it.checkpointId);
    }
    if (happened === "decided") fresh.delete(it.checkpointId);
    showNews();
  }

  /* Whether the filters let it through, the server knows. */
  function askSoon() {
    asking ??= setTimeout(() => {
      asking = null;
      compare();
    }, ASK_MS);
  }

  /* What the server would show now and the page does not, is new; what it would not, has become something else. */
  async function compare() {
    const answer = await fetch(location.href, { headers: { "hx-request": "true" }, cache: "no-store" });
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = new Map(all("[data-row]", found).map((row) => [row.id, row.dataset.version]));
    fresh.clear();
    for (const id of now.keys()) if (!document.getElementById(id)) fresh.add(id.slice(4));
    for (const row of all("[data-row]", list))
      if (now.get(row.id) !== row.dataset.version) redraw(row.id.slice(4));
    showNews();
  }

  /* A row is drawn by one answer after the other, until it shows the newest that was heard of. */
  async function redraw(id) {
    if (drawing.has(id)) return;
    drawing.add(id);
    try {
      let row = one(`#row-${id}`);
      do row = row && (await drawn(id));
      while (row && Number(row.dataset.version) < (known.get(id) ?? 0));
    } catch {
      /* Cut off: what was missed is compared when the stream goes on. */
    } finally {
      drawing.delete(id);
    }
  }

  /* What stands in its place now; nothing, if there was no answer. */
  async function drawn(id) {
    const group = one(`#row-${id}`).dataset.group;
    const path = `/admin/agent-checkpoints/${id}/row${group ? `?group=${group}` : ""}`;
    const answer = await fetch(path, { headers: { "hx-request": "true" }, cache: "no-store" });
    if (!answer.ok) return null;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const old = one(`#row-${id}`), row = one("tr", holder.content);
    if (!old || !row) return null;
    const focused = old.contains(document.activeElement), box = one("input:checked", old), again = box && one("input[name=item]", row);
    if ("current" in old.dataset) row.dataset.current = "";
    if (again) again.checked = true;
    old.replaceWith(row);
    htmx.process(row);
    if (focused) one("a.whole", row).focus({ preventScroll: true });
    if (box && !again) countSelected();
    return row;
  }

  function showNews() {
    if (!news) return;
    news.hidden = fresh.size === 0;
    one("[data-news-text]", news).textContent = `${fresh.size} new`;
    document.title = document.title.replace(/^(• )?/, fresh.size ? "• " : "");
  }

  async function reload() {
    await htmx.ajax("GET", location.pathname + location.search, { target: "#list", swap: "innerMorph" });
    fresh.clear();
    showNews();
    const total = one("[data-total]", list)?.dataset.total;
    if (total === undefined) return;
    one("#count").textContent = total;
    document.title = document.title.replace(/\(.*?\)/, `(${total})`);
  }

  function countSelected() {
    const many = all('input[name="item"]:checked', list).length;
    one("[data-selected]").textContent = `${many} selected`;
  }

  list?.addEventListener("change", countSelected);

  one("[data-news]")?.addEventListener("click", async () => {
    const many = fresh.size;
    await reload();
    say(`${many} new`);
    one("[data-row] a.whole")?.focus({ preventScroll: true });
  });

  /* Review. If the item changes while it is shown, the forms freeze, with what was typed still there to be copied. */

  function inReview(happened, it) {
    if (happened === "commented") saidAgain();
    newest = Math.max(newest, it.version);
    catchUp();
  }

  function saidAgain() {
    if (one("#said")) htmx.ajax("GET", `${decide().dataset.path}/comments`, { target: "#said", swap: "outerHTML" });
  }

  /* An answer that was longer on its way than the news may show less than is known. */
  function catchUp() {
    if (decide() && Number(decide().dataset.version) < newest) look();
  }

  async function look() {
    const panel = decide(), answer = await fetch(panel.dataset.path, { headers: { "hx-request": "true" }, cache: "no-store" });
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    const outcome = one("#outcome", found);
    if (!outcome || panel !== decide() || Number(outcome.dataset.version) <= Number(panel.dataset.version)) return;
    panel.dataset.version = outcome.dataset.version;
    const forms = one("#decide-forms", panel);
    if (forms && "closed" in outcome.dataset) freeze(forms);
    one("#outcome", panel).replaceWith((shown = outcome));
    one(".section-foot", panel)?.replaceWith(one(".section-foot", found));
    for (const place of ["#standing", "#what-runs", "#moments"]) one(place)?.replaceChildren(...one(place, found).childNodes);
    timelineAgain();
    tell(outcome);
  }

  const tell = (outcome) => say(outcome.textContent.replace(/\s+/g, " ").trim());

  /* What a form was answered takes its place, and the focus with it. */
  let shown = one("#outcome");
  document.addEventListener("htmx:after:swap", () => {
    catchUp();
    const outcome = one("#outcome"), before = shown;
    shown = outcome;
    if (!outcome || outcome === before || !("closed" in outcome.dataset || one(".refusal", outcome)) || document.activeElement !== document.body) return;
    outcome.focus({ preventScroll: true });
    tell(outcome);
    timelineAgain();
  });

  function timelineAgain() {
    const timeline = one(".job-timeline");
    if (timeline) htmx.trigger(timeline, "again");
  }

  /* Nothing can be sent any more; what was typed can still be read and copied. */
  function freeze(forms) {
    forms.classList.add("frozen");
    for (const field of all("textarea", forms)) field.readOnly = true;
    for (const button of all("button", forms)) button.disabled = true;
    for (const other of all("summary, a", forms)) other.inert = true;
    for (const keyed of all("[data-key]", forms)) delete keyed.dataset.key;
    for (const form of all("form", forms)) delete form.dataset.ctrlEnter;
  }

  /* Something typed and not sent is not lost by a slip. */

  const unsaved = one("form[data-unsaved]");
  if (unsaved) {
    let typed = false;
    unsaved.addEventListener("input", () => (typed = true));
    unsaved.addEventListener("submit", () => (typed = false));
    addEventListener("beforeunload", (event) => typed && event.preventDefault());
  }
})();
