/* The list of jobs: rows change where they are, and what is new waits for a key. */
"use strict";

(() => {
  const { one, all, say } = sluicegate;
  const table = one("[data-rows-url]"), news = one("#news");

  /* One answer at a time: an older one that comes late would draw what is over. */
  const due = new Set();
  let drawing = false;

  async function redraw(ids) {
    if (!table) return;
    ids.forEach((id) => due.add(id));
    if (drawing) return;
    drawing = true;
    try {
      while (due.size) await draw([...due]);
    } catch {
      /* Cut off: what is due is asked for when the stream goes on. */
    } finally {
      drawing = false;
    }
  }

  async function draw(ids) {
    due.clear();
    const answer = await fetch(`${table.dataset.rowsUrl}?shown=${encodeURIComponent(ids.join(","))}`, { headers: { "hx-request": "true" }, cache: "no-store" });
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const row of all("tr", found)) {
      const before = document.getElementById(row.id);
      if (!before) continue;
      const current = "current" in before.dataset, focused = before.contains(document.activeElement);
      if (current) row.dataset.current = "";
      before.replaceWith(row);
      if (focused) one("a.whole", row).focus({ preventScroll: true });
    }
  }

  document.addEventListener("live:changed", (event) => redraw(event.detail.data.split(" ")));
  document.addEventListener("live:again", () => redraw(all("[data-row]").map((row) => row.id.replace(/^job-/, ""))));
  document.addEventListener("live:new", (event) => {
    const many = Number(event.detail.data), text = many >= 100 ? "100 or more new" : `${many} new`;
    news.hidden = many === 0;
    one("[data-news-text]", news).textContent = text;
    document.title = document.title.replace(/^(• )?/, many ? "• " : "");
    if (many) say(text);
  });
})();
