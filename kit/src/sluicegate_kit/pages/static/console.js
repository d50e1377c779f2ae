/* What pages do beyond links and forms: keys, fresh times, theme, live updates. Everything works without it.
   It runs before anything of the page is there, so that no key is lost; what needs the page waits in `start`. */
"use strict";

const sluicegate = (() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  /* Times. The server's clock counts: the page was made at data-now by it. */

  const ahead = Date.parse(root.dataset.now) - Date.now();
  const now = () => Date.now() + ahead;
  const steps = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

  function duration(seconds) {
    const left = Math.max(0, Math.floor(seconds));
    for (let place = 0; place < steps.length; place++) {
      const [size, unit] = steps[place];
      if (left < size) continue;
      const whole = Math.floor(left / size), rest = left % size, smaller = steps[place + 1];
      return whole < 10 && size >= 3600 && rest >= smaller[0]
        ? `${whole} ${unit} ${Math.floor(rest / smaller[0])} ${smaller[1]}`
        : `${whole} ${unit}`;
    }
    return "0 s";
  }

  function relative(moment) {
    const seconds = (now() - moment) / 1000;
    if (Math.abs(seconds) < 1) return "now";
    return seconds > 0 ? `${duration(seconds)} ago` : `in ${duration(-seconds)}`;
  }

  function refreshTimes() {
    if (document.hidden) return;
    for (const element of all("[data-relative]")) {
      const time = element.closest("time"), moment = Date.parse(time.dateTime), bare = element.dataset.relative === "bare";
      const over = time.dataset.deadline && moment <= now();
      const text = !bare ? relative(moment) : over ? "over" : duration(Math.abs(now() - moment) / 1000);
      if (element.textContent !== text) element.textContent = text;
      if (time.dataset.deadline) {
        const left = moment - now(), state = left <= 0 ? "over" : left <= 900000 ? "near" : "far";
        if (time.dataset.deadline !== state) time.dataset.deadline = state;
      }
    }
  }

  /* Words for those who can't see what changed. */

  function say(text) {
    const place = one("#announcement");
    place.textContent = "";
    requestAnimationFrame(() => (place.textContent = text));
  }

  /* Theme and keys: the menu's forms, sent without leaving the page; one after the other, so that the last one counts. */

  let chosen = Promise.resolve();

  function choose(name, value) {
    const form = one(`[data-preference="${name}"]`);
    root.dataset[name] = value;
    if (name === "theme") one('meta[name="color-scheme"]').content = value === "system" ? "light dark" : value;
    for (const button of all("button", form)) button.ariaPressed = String(button.value === value);
    const choice = { method: "POST", body: new URLSearchParams({ [name]: value }), redirect: "manual", keepalive: true };
    chosen = chosen.then(() => fetch(form.action, choice)).catch(() => say("Not kept: the server could not be reached."));
    say(name === "theme" ? `Theme: ${value}` : `Single-letter keys ${value}`);
  }

  function nextTheme() {
    const order = ["system", "light", "dark"];
    choose("theme", order[(order.indexOf(root.dataset.theme) + 1) % order.length]);
  }

  /* A list of rows: one is current. */

  const rows = () => all("[data-row]").filter((row) => row.offsetParent !== null);
  const current = () => one("[data-row][data-current]") ?? document.getElementById(currentId);
  let currentId = "";

  function move(by) {
    const list = rows();
    if (!list.length) return;
    const place = list.indexOf(current());
    const next = list[place < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, place + by))];
    makeCurrent(next);
    const link = one("a.whole", next);
    if (link) link.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function makeCurrent(row) {
    for (const other of all("[data-current]")) delete other.dataset.current;
    row.dataset.current = "";
    currentId = row.id;
  }

  /* Keys. An element with data-key answers to it: a field or a fold is opened, anything else is clicked. */

  const TEXT = "input:not([type=checkbox], [type=radio]), textarea";
  const FIELD = `${TEXT}, select, [contenteditable]`;
  const TOGETHER_MS = 1500;
  let going = -Infinity;

  function answer(element) {
    const fold = element.matches("details") ? element : element.closest("details:not([open])");
    if (fold) fold.open = true;
    if (element.matches("details")) (one("textarea, input:not([type=hidden]), select, button", element) || one("summary", element)).focus();
    else if (element.matches("input, textarea, select")) element.focus();
    else element.click();
  }

  function withinCurrent(key) {
    const row = current();
    return row && one(`[data-row-key="${key}"]`, row);
  }

  /* `target` is where the key went. */
  function pressed(event, target) {
    const field = target.closest(FIELD);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = target.closest("form[data-ctrl-enter]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.key === "Escape") {
      if (field) field.blur();
      for (const menu of all("details.menu[open]")) menu.open = false;
      return;
    }
    if (field || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    if (root.dataset.keys === "off") return;
    if (event.timeStamp - going < TOGETHER_MS) {
      going = -Infinity;
      const link = one(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) link.click();
      return;
    }
    const own = withinCurrent(event.key) || one(`[data-key="${CSS.escape(event.key)}"]`);
    const what = own ? () => answer(own) : keys[event.key];
    if (!what) return;
    event.preventDefault();
    what(event);
  }

  /* Keys that were pressed while the page came in are answered when it is there, as if they had come one by one then.
     What follows a key that opens a field was meant for the field. Enter is not kept until the whole page is there:
     nobody decides on what they have not seen. */

  let early = [];

  function type(field, text) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function answerEarly() {
    const events = early;
    early = null;
    for (const event of events) {
      const nowhere = event.target === document.body || event.target === root;
      const target = nowhere ? document.activeElement ?? document.body : event.target;
      const plainEnter = event.key === "Enter" && !event.ctrlKey && !event.metaKey;
      const text = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (plainEnter && nowhere && target.matches("a, button, summary")) target.click();
      else if (text && nowhere && target.matches(TEXT)) type(target, event.key);
      else pressed(event, target);
    }
  }

  const keys = {
    g: (event) => (going = event.timeStamp),
    j: () => move(1),
    k: () => move(-1),
    x: () => {
      const row = current(), box = row && one('input[type="checkbox"]:not(:disabled)', row);
      if (box) box.click();
    },
    t: nextTheme,
    p: () => one("[data-live]")?.click(),
    "/": () => one("[data-search]")?.select(),
    "?": () => one("#help").showModal(),
  };

  /* Live updates: live, reconnecting, paused or signed out, and always said which. Each event of the stream becomes a
     `live:<its name>` on the document; `live:again` says that some may have been missed. EventSource would hide two
     things that must be seen here: the signs of life, and the status of an answer that is no stream. */

  const QUIET_MS = 40000;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  class Stream {
    constructor(button) {
      this.button = button;
      this.last = null;
      this.missed = false;
      this.running = null;
      button.addEventListener("click", () => (this.running ? this.hold() : this.run()));
      setInterval(() => this.check(), 5000);
      document.addEventListener("visibilitychange", () => this.check());
      addEventListener("online", () => this.check());
      addEventListener("pagehide", () => this.running?.abort());
      addEventListener("pageshow", (event) => event.persisted && this.state !== "paused" && this.run());
      this.run();
    }

    get state() {
      return this.button.dataset.state;
    }

    show(state) {
      if (this.state === state) return;
      this.button.dataset.state = state;
      one(".live-word", this.button).textContent = state;
      if (state !== "connecting") say(`Updates: ${state}`);
    }

    hold() {
      this.running.abort();
      this.running = null;
      this.missed = true;
      this.show("paused");
    }

    /* A laptop that slept, or a network that went away, leaves a connection that looks open. */
    check() {
      if (this.running && Date.now() - this.heardAt > QUIET_MS) {
        this.running.abort();
        this.run();
      }
    }

    async run() {
      const running = (this.running = new AbortController());
      this.heardAt = Date.now();
      if (this.missed) this.show("reconnecting");
      for (let wait = 500; ; wait = Math.min(15000, wait * 2)) {
        try {
          if (await this.read(running)) wait = 500;
        } catch {
          /* Cut off. */
        }
        if (this.running !== running || this.state === "signed out") return;
        this.missed = true;
        this.show("reconnecting");
        await pause(wait * (0.75 + Math.random() / 2));
        if (this.running !== running) return;
        this.heardAt = Date.now();
      }
    }

    /* One connection, until it ends; whether it was a stream at all. */
    async read(running) {
      const headers = { accept: "text/event-stream", ...(this.last ? { "last-event-id": this.last } : {}) };
      const answer = await fetch(this.button.dataset.live, { headers, signal: running.signal, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) this.show("signed out");
      if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/event-stream")) return false;
      this.show("live");
      if (this.missed) document.dispatchEvent(new CustomEvent("live:again"));
      this.missed = false;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return true;
        this.heardAt = Date.now();
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach((block) => this.tell(block));
      }
    }

    tell(block) {
      const fields = { event: "message", data: [] };
      for (const line of block.split("\n")) {
        const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) || [];
        if (name === "data") fields.data.push(value);
        else if (name) fields[name] = value;
      }
      if (fields.id) this.last = fields.id;
      if (!fields.data.length) return;
      const detail = { id: fields.id, data: fields.data.join("\n") };
      document.dispatchEvent(new CustomEvent(`live:${fields.event}`, { detail }));
    }
  }

  /* Small things */

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    const icon = one("use", button);
    icon.setAttribute("href", "#i-check");
    say("Copied");
    setTimeout(() => icon.setAttribute("href", "#i-copy"), 1500);
  }

  function clicked(event) {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    const opener = event.target.closest("[data-open]");
    if (opener) one(`#${opener.dataset.open}`).showModal();
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  }

  document.addEventListener("keydown", (event) => {
    if (!early) pressed(event, event.target);
    else if (event.key !== "Enter" || document.readyState !== "loading") early.push(event);
  });
  document.addEventListener("click", clicked);
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) makeCurrent(row);
  });
  document.addEventListener("submit", (event) => {
    const name = event.target.dataset.preference;
    if (!name) return;
    event.preventDefault();
    choose(name, event.submitter.value);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filters]");
    if (form && event.target.matches("select")) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-filters]"))
      for (const field of event.target.elements) if (field.value === "") field.disabled = true;
  });
  // A field that somebody made larger has a style of its own, which htmx would copy, and the policy would refuse.
  document.addEventListener("htmx:before:swap", () => all("[style]").forEach((field) => field.removeAttribute("style")));
  // A fold that comes anew stands open if it says so: `open` itself belongs to whoever looks, and no answer changes it.
  let unfolded;
  document.addEventListener("htmx:after:swap", () => {
    for (const fold of all("details[data-unfolds]")) {
      if (unfolded.has(fold)) continue;
      unfolded.add(fold);
      fold.open = true;
    }
    const row = current();
    if (row) row.dataset.current = "";
  });
  document.addEventListener("htmx:error", () => say("The server could not be reached. Try again."));
  document.addEventListener("visibilitychange", refreshTimes);

  function start() {
    unfolded = new WeakSet(all("details[data-unfolds]"));
    setInterval(refreshTimes, 1000);
    for (const button of all("[data-live]")) new Stream(button);
    answerEarly();
  }

  // After the deferred scripts have run, which hear of what the stream tells, and after htmx, which begins in a timer of its own.
  document.addEventListener("DOMContentLoaded", () => setTimeout(start));

  return { now, relative, say, all, one };
})();
