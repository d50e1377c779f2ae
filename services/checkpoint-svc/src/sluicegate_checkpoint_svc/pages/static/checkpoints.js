/* What the inbox and the review do when something changes while somebody looks. */
"use strict";

(() => {
  const { one, all, say } = sluicegate;
  const list = one("#list"), news = one("#news"), decide = () => one("#decide");
  const fresh = new Set();

  for (const happened of ["recorded", "decided", "changed", "commented"])
    document.addEventListener(`live:${happened}`, (event) => heard(happened, JSON.parse(event.detail.data)));
  document.addEventListener("live:again", () => (decide() ? look() : list && reload()));

  function heard(happened, it) {
    if (list) inList(happened, it);
    if (decide()?.dataset.checkpoint === it.checkpointId) inReview(happened, it);
  }

  /* Inbox. Rows stay where they are: what is new waits for a key, what was decided is told in its place. */

  function inList(happened, it) {
    const row = one(`#row-${it.checkpointId}`);
    if (row && happened !== "commented" && Number(row.dataset.version) < it.version) redraw(row, it);
    if (!row && happened === "recorded") fresh.add(it.checkpointId);
    if (happened === "decided") fresh.delete(it.checkpointId);
    showNews();
  }

  function redraw(row, it) {
    row.dataset.version = it.version;
    const current = "current" in row.dataset, focused = row.contains(document.activeElement);
    htmx.ajax("GET", `/admin/agent-checkpoints/${it.checkpointId}/row`, { target: row, swap: "outerHTML" }).then(() => {
      const now = one(`#row-${it.checkpointId}`);
      if (now && current) now.dataset.current = "";
      if (now && focused) one("a.whole", now).focus({ preventScroll: true });
    });
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

  list?.addEventListener("change", () => {
    const many = all('input[name="item"]:checked', list).length;
    one("[data-selected]").textContent = `${many} selected`;
  });

  one("[data-news]")?.addEventListener("click", async () => {
    const many = fresh.size;
    await reload();
    say(`${many} new`);
    one("[data-row] a.whole")?.focus({ preventScroll: true });
  });

  /* Review. If the item changes while it is shown, the forms freeze, with what was typed still there to be copied. */

  function inReview(happened, it) {
    if (happened === "commented") htmx.ajax("GET", `${decide().dataset.path}/comments`, { target: "#said", swap: "outerHTML" });
    else if (Number(decide().dataset.version) < it.version) look();
  }

  async function look() {
    const panel = decide(), answer = await fetch(panel.dataset.path, { headers: { "hx-request": "true" }, cache: "no-store" });
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    const outcome = one("#outcome", found);
    if (!outcome || outcome.dataset.version === panel.dataset.version) return;
    panel.dataset.version = outcome.dataset.version;
    const forms = one("#decide-forms", panel);
    if (forms && "closed" in outcome.dataset) freeze(forms);
    one("#outcome", panel).replaceWith(outcome);
    const standing = one("#standing", found), foot = one(".section-foot", found);
    if (standing) one("#standing").replaceChildren(...standing.childNodes);
    if (foot && !one(".section-foot", panel)) panel.append(foot);
    say(outcome.textContent.replace(/\s+/g, " ").trim());
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
