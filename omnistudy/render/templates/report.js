// Search, sorting, filters, and the quotations behind a diagram. The page can be read without it: every
// control is made here, from the <template> that holds their words, and nothing is asked of a network.
(() => {
  "use strict";
  const root = document.documentElement;
  const main = document.getElementById("report");
  const parts = document.getElementById("tools").content;
  const collator = new Intl.Collator(root.lang, { numeric: true });
  const quietly = matchMedia("(prefers-reduced-motion: reduce)");

  // --- Match keys: the rules of text/keys.py, so that spellings of one word are found together ---------
  const LETTERS = new Map([
    ...[..."يىے"].map((c) => [c, "ی"]), ["ك", "ک"], ...[..."ةۀەھہ"].map((c) => [c, "ه"]),
    ...[..."أإٱ"].map((c) => [c, "ا"]), ["٫", "."], ["٪", "%"],
    ...[..."٠١٢٣٤٥٦٧٨٩"].map((c, i) => [c, String(i)]), ...[..."۰۱۲۳۴۵۶۷۸۹"].map((c, i) => [c, String(i)]),
  ]);
  const FOLDED = new RegExp(`[${[...LETTERS.keys()].join("")}]`, "g");
  const FORMAT = /(?!\u200c)\p{Cf}/gu;
  const MARKS = /\u0640|(?=[\u0600-\u06ff\u08d0-\u08ff])\p{M}/gu;
  const foldOnce = (text) => text
    .replace(FORMAT, "").normalize("NFKC").toUpperCase().toLowerCase().replace(/ς/g, "σ").normalize("NFKC")
    .replace(FORMAT, "").replace(FOLDED, (c) => LETTERS.get(c)).replace(MARKS, "")
    .replace(/(?<=\p{Nd})٬(?=\p{Nd})/gu, "").replace(/ه\u200cی(?![\p{L}\u200c])/gu, "ه").replace(/\u200c/g, " ")
    .replace(/[^\p{L}\p{N}\p{Mn}\p{Mc}%.]|(?<!\p{Nd})\.|\.(?!\p{Nd})/gu, " ").replace(/\s+/g, " ").trim();
  const matchKey = (text) => {
    for (let key = foldOnce(text); ; text = key, key = foldOnce(key)) if (key === text) return key;
  };
  const keys = new WeakMap();
  const keyOf = (element) => {
    if (!keys.has(element)) keys.set(element, matchKey(element.textContent));
    return keys.get(element);
  };
  /** Return a test for keys: the phrase, or all its words, or the phrase written without any blank. */
  const finder = (key) => {
    const words = key.split(" ");
    const tight = /[\u0590-\u08ff]/.test(key) ? key.replaceAll(" ", "") : "";
    return (other) => words.every((word) => other.includes(word))
      || (tight !== "" && other.replaceAll(" ", "").includes(tight));
  };
  /** Return a pattern that finds the key in the text as it was typed. */
  const pattern = (key) => {
    const variants = new Map();
    for (const [raw, folded] of LETTERS) variants.set(folded, (variants.get(folded) ?? "") + raw);
    const one = (c) => `[${c === "%" || c === "." ? "" : c}${variants.get(c) ?? ""}${c === "." ? "." : ""}${c === "%" ? "%" : ""}]`;
    const word = (text) => [...text].map(one).join("[\\p{M}\\p{Cf}\\u0640٬]*");
    return new RegExp(key.split(" ").map(word).join("|"), "giu");
  };

  // --- Words ---------------------------------------------------------------------------------------------
  const digits = (value) => {
    const text = value.toLocaleString("en");
    if (main.dataset.digits !== "persian") return text;
    return text.replace(/,/g, "٬").replace(/\d/g, (d) => String.fromCharCode(0x06f0 + Number(d)));
  };
  const part = (name) => parts.querySelector(`[data-part="${name}"]`).cloneNode(true);
  /** Return a sentence of the template with its numbers written in. */
  const sentence = (name, values) => {
    const copy = part(name);
    const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      node.data = node.data.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? digits(values[key]) : whole));
    }
    return copy;
  };
  const say = (place, ...nodes) => place.replaceChildren(...nodes);
  const show = (element, block) => {
    for (let up = element.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    // A long way is jumped: to watch a whole report fly by helps nobody.
    const far = Math.abs(element.getBoundingClientRect().top) > 2 * innerHeight;
    element.scrollIntoView({ block, behavior: far || quietly.matches ? "instant" : "smooth" });
  };

  root.classList.add("js");
  const bar = part("bar");
  main.prepend(bar);
  const told = document.getElementById("told");

  // --- Light and dark: the rule for dark screens is switched on or off; nothing is stored ------------------
  const themeButton = bar.querySelector(".theme");
  const preferred = matchMedia("(prefers-color-scheme: dark)");
  const darkRules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule.media && rule.media.mediaText.includes("prefers-color-scheme"));
  let dark = preferred.matches;
  const paint = () => {
    themeButton.setAttribute("aria-pressed", String(dark));
    for (const rule of darkRules) rule.media.mediaText = dark ? "screen" : "not all";
    root.style.colorScheme = dark ? "dark" : "light";
  };
  themeButton.setAttribute("aria-pressed", String(dark));
  themeButton.addEventListener("click", () => { dark = !dark; paint(); });
  preferred.addEventListener("change", () => { dark = preferred.matches; paint(); });

  // --- Search: keys are made on the first search, a few milliseconds at a time ------------------------------
  const SEARCHED = [
    "h2, h3, h4, h5, h6, p.prose, p.note, p.finding, p.lead-in, p.footnote, p.alternative, caption, thead tr, tbody tr",
    ".quote, .trace-name, .figure > figcaption, .summaries li",
  ].join(", ");
  const LISTED = 30;
  const field = document.getElementById("search");
  const found = document.getElementById("found");
  const list = found.querySelector("ol");
  const moves = [...bar.querySelectorAll("[data-move]")];
  let units = null;
  let hits = [];
  let at = -1;
  let run = 0;

  const sectionOf = (element) => element.closest("main > section")?.querySelector("h2")?.textContent.trim() ?? "";
  const mark = (element, expression) => {
    if (!globalThis.Highlight || !CSS.highlights) return;
    const ranges = [];
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const match of texts.currentNode.data.matchAll(expression)) {
        const range = new Range();
        range.setStart(texts.currentNode, match.index);
        range.setEnd(texts.currentNode, match.index + match[0].length);
        ranges.push(range);
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };
  const leave = () => {
    document.querySelector(".hit")?.classList.remove("hit");
    globalThis.CSS?.highlights?.delete("found");
  };
  const jump = (index, take) => {
    leave();
    found.hidden = true;
    at = (index + hits.length) % hits.length;
    const { element } = hits[at];
    if (element.hidden) unfilter(element.closest(".table"));
    element.classList.add("hit");
    mark(element, pattern(matchKey(field.value)));
    show(element, "center");
    if (take) { element.tabIndex = -1; element.focus({ preventScroll: true }); }
    for (const [i, item] of [...list.children].entries()) item.classList.toggle("now", i === at);
  };
  const snippet = (element, expression) => {
    const pieces = element.cells ? [...element.cells] : [element];
    const text = pieces.map((one) => one.textContent.replace(/\s+/g, " ").trim()).filter(Boolean).join(" · ");
    expression.lastIndex = 0;
    const from = Math.max(0, (expression.exec(text)?.index ?? 0) - 30);
    return `${from ? "… " : ""}${text.slice(from, from + 110)}${from + 110 < text.length ? " …" : ""}`;
  };
  const listed = (key) => {
    const expression = pattern(key);
    list.replaceChildren(...hits.slice(0, LISTED).map(({ element }, index) => {
      const item = part("hit");
      const button = item.querySelector("button");
      item.querySelector(".where").textContent = sectionOf(element);
      item.querySelector(".what").textContent = snippet(element, expression);
      button.addEventListener("click", () => jump(index, true));
      return item;
    }));
    const rest = hits.length - LISTED;
    say(found.querySelector(".further"), ...(rest > 0 ? [sentence("further-places", { count: rest })] : []));
    found.hidden = !hits.length;
    for (const button of moves) button.disabled = !hits.length;
    say(told, hits.length ? sentence("places-found", { count: hits.length }) : part("nothing-found"));
  };
  const forget = () => {
    run += 1; hits = []; at = -1;
    leave();
    found.hidden = true;
    list.replaceChildren();
    say(told);
    for (const button of moves) button.disabled = true;
  };
  const search = () => {
    forget();
    const key = matchKey(field.value);
    if (!key) return;
    units ??= [...main.querySelectorAll(SEARCHED)].filter((element) => !bar.contains(element));
    const mine = run;
    const fits = finder(key);
    let next = 0;
    const step = () => {
      if (mine !== run) return;
      for (const until = performance.now() + 25; next < units.length && performance.now() < until; next += 1)
        if (fits(keyOf(units[next]))) hits.push({ element: units[next] });
      if (next < units.length) setTimeout(step); else listed(key);
    };
    step();
  };
  let waiting = 0;
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 160); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { field.value = ""; forget(); event.stopPropagation(); }
    if (event.key !== "Enter" || !hits.length) return;
    event.preventDefault();
    jump(event.shiftKey ? at - 1 : at + 1, false);
  });
  for (const button of moves) {
    button.disabled = true;
    button.addEventListener("click", () => jump(button.dataset.move === "next" ? at + 1 : Math.max(at, 0) - 1, false));
  }
  bar.addEventListener("keydown", (event) => { if (event.key === "Escape") found.hidden = true; });
  document.addEventListener("pointerdown", (event) => { if (!bar.contains(event.target)) found.hidden = true; });
  field.addEventListener("focus", () => { found.hidden = !hits.length; });

  // --- Tables: sorted by raw values, filtered by match keys -------------------------------------------------
  const originals = new WeakMap();
  const value = (row, column) => {
    const cell = row.cells[column];
    if (cell.classList.contains("undefined") || !cell.textContent.trim()) return null;
    const raw = cell.dataset.v ?? cell.textContent.trim();
    return cell.dataset.v !== undefined && !Number.isNaN(Number(raw)) ? Number(raw) : raw;
  };
  const order = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)));
  const sort = (table, head, column) => {
    const body = table.tBodies[0];
    if (!originals.has(table)) originals.set(table, [...body.rows]);
    const next = { ascending: "descending", descending: null }[head.getAttribute("aria-sort")];
    const direction = next === undefined ? "ascending" : next;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    const rows = originals.get(table).map((row) => [value(row, column), row]);
    if (direction) {
      head.setAttribute("aria-sort", direction);
      const sign = direction === "ascending" ? 1 : -1;
      // What has no value stands last, whichever way.
      rows.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * order(a, b)));
    }
    body.append(...rows.map(([, row]) => row));
  };
  const sortable = (table) => {
    if (table.tBodies[0].rows.length < 3) return;
    for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
      const button = part("sort");
      const sign = button.firstElementChild;
      button.prepend(...head.childNodes);
      head.append(button);
      sign.ariaHidden = "true";
      button.addEventListener("click", () => sort(table, head, column));
    }
  };
  const filters = new Map();
  const filterable = (block, table) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length <= 8) return;
    const tools = part("filter");
    const input = tools.querySelector("input");
    const status = tools.querySelector("[role=status]");
    const apply = () => {
      const key = matchKey(input.value);
      const fits = finder(key);
      let shown = 0;
      for (const row of rows) {
        row.hidden = key !== "" && !fits(keyOf(row));
        shown += row.hidden ? 0 : 1;
      }
      say(status, ...(key ? [sentence("rows-shown", { shown, whole: rows.length })] : []));
    };
    input.addEventListener("input", apply);
    filters.set(block, () => { input.value = ""; apply(); });
    block.prepend(tools);
  };
  const unfilter = (block) => filters.get(block)?.();
  for (const block of main.querySelectorAll(".table")) {
    const table = block.querySelector("table");
    sortable(table);
    filterable(block, table);
  }

  // --- Diagrams: what stands behind a box or an arrow -------------------------------------------------------
  const panel = part("passages");
  const panelName = panel.querySelector(".trace-name");
  const panelBody = panel.querySelector(".passages-body");
  const closeButton = panel.querySelector("button");
  document.body.append(panel);
  let owner = null;
  let pinned = false;
  let closing = 0;
  let returning = false;
  const place = () => {
    if (!owner) return;
    const box = owner.querySelector("rect, path").getBoundingClientRect();
    const [width, room] = [root.clientWidth, innerHeight];
    const below = room - box.bottom > Math.min(320, box.top);
    panel.style.maxHeight = `${Math.min(420, Math.max(180, (below ? room - box.bottom : box.top) - 24))}px`;
    const own = panel.getBoundingClientRect();
    const left = Math.min(Math.max(12, box.left + box.width / 2 - own.width / 2), Math.max(12, width - own.width - 12));
    const top = below ? box.bottom + 8 : box.top - own.height - 8;
    panel.style.left = `${left + scrollX}px`;
    panel.style.top = `${Math.max(8, top) + scrollY}px`;
  };
  const close = (giveBack) => {
    clearTimeout(closing);
    if (!owner) return;
    const last = owner;
    owner = null;
    pinned = false;
    panel.hidden = true;
    last.classList.remove("open");
    last.setAttribute("aria-expanded", "false");
    last.removeAttribute("aria-describedby");
    if (!giveBack) return;
    returning = true;
    last.focus();
    returning = false;
  };
  const open = (element, entries, pin) => {
    clearTimeout(closing);
    if (owner && owner !== element) close(false);
    owner = element;
    pinned = pinned || pin;
    panelName.replaceChildren(...entries[0].querySelector(".trace-name").cloneNode(true).childNodes);
    panelBody.replaceChildren(...entries.flatMap((entry) => [...entry.cloneNode(true).children]
      .filter((child) => !child.classList.contains("trace-name"))));
    panel.setAttribute("role", pinned ? "dialog" : "tooltip");
    closeButton.hidden = !pinned;
    panel.hidden = false;
    element.classList.add("open");
    element.setAttribute("aria-expanded", String(pinned));
    element.setAttribute("aria-describedby", panelBody.id);
    place();
  };
  const soon = () => { clearTimeout(closing); if (!pinned) closing = setTimeout(close, 260, false); };
  const interactive = (element, entries, name) => {
    element.querySelector(":scope > title")?.remove();
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-haspopup", "dialog");
    element.setAttribute("aria-expanded", "false");
    element.setAttribute("aria-label", name);
    element.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse" && !pinned) open(element, entries, false);
    });
    element.addEventListener("pointerleave", soon);
    // A finger that focuses is about to tap: what opened under it would take the tap.
    element.addEventListener("focus", () => {
      if (!pinned && !returning && element.matches(":focus-visible")) open(element, entries, false);
    });
    element.addEventListener("blur", soon);
    const pin = (byKey) => {
      if (owner === element && pinned) { close(false); return; }
      open(element, entries, true);
      if (byKey) panel.focus({ preventScroll: true });
    };
    element.addEventListener("click", () => { if (owner !== element) pinned = false; pin(false); });
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      if (owner !== element) pinned = false;
      pin(true);
    });
  };
  panel.addEventListener("pointerenter", () => clearTimeout(closing));
  panel.addEventListener("pointerleave", soon);
  panel.addEventListener("focusin", () => clearTimeout(closing));
  closeButton.addEventListener("click", () => close(true));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && owner) close(panel.contains(document.activeElement));
  });
  document.addEventListener("pointerdown", (event) => {
    if (pinned && !panel.contains(event.target) && !owner?.contains(event.target)) close(false);
  });
  addEventListener("resize", place);
  addEventListener("scroll", (event) => { if (event.target !== panel) place(); }, { capture: true, passive: true });

  for (const trace of main.querySelectorAll(".trace")) {
    const figure = trace.closest(".figure");
    const drawing = figure.querySelector("svg");
    const entries = new Map();
    for (const entry of trace.querySelectorAll(".trace-entry")) {
      const { node, source, target } = entry.dataset;
      const id = JSON.stringify(node !== undefined ? [node] : [source, target]);
      entries.set(id, [...(entries.get(id) ?? []), entry]);
    }
    const arrows = [...drawing.querySelectorAll("g.edge")];
    // Boxes come first for the keyboard; arrows lie on top, unseen, for the mouse.
    for (const element of [...drawing.querySelectorAll("g.node"), ...arrows]) {
      const { id, source, target } = element.dataset;
      const mine = entries.get(JSON.stringify(id !== undefined ? [id] : [source, target]));
      if (!mine) continue;
      interactive(element, mine, mine[0].querySelector(".trace-name").textContent.trim());
      if (id === undefined) drawing.append(element);
    }
    drawing.setAttribute("role", "group");
    const skip = part("skip-figure");
    skip.href = `#${figure.querySelector(":scope > figcaption").id}`;
    figure.prepend(skip);
    figure.querySelector(".scroll").after(part("explore"));
  }

  // --- Links to parts, and where the reader is ----------------------------------------------------------------
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  };
  for (const heading of main.querySelectorAll("section > :is(h2, h3, h4)")) {
    const anchor = heading.tagName === "H2" ? heading.parentElement.id : heading.id;
    const line = document.createElement("div");
    const button = part("link");
    const status = part("link-status");
    line.className = `headline of-${heading.tagName.toLowerCase()}`;
    heading.replaceWith(line);
    line.append(heading, button, status);
    button.addEventListener("click", async () => {
      history.replaceState(null, "", `#${anchor}`);
      const done = await copy(location.href);
      say(status, done ? part("copied") : document.createTextNode(`#${anchor}`));
      setTimeout(say, 4000, status);
    });
  }
  const links = new Map([...document.querySelectorAll("#contents a")].map((link) => [link.hash.slice(1), link]));
  const marks = [...links.keys()].map((id) => document.getElementById(decodeURIComponent(id))).filter(Boolean);
  let current = null;
  const locate = () => {
    const line = innerHeight * 0.3;
    let here = marks[0];
    for (const element of marks) if (element.getBoundingClientRect().top <= line) here = element;
    const link = here && (links.get(here.id) ?? links.get(encodeURIComponent(here.id)));
    if (!link || link === current) return;
    current?.removeAttribute("aria-current");
    for (const item of document.querySelectorAll("#contents li.here")) item.classList.remove("here");
    current = link;
    link.setAttribute("aria-current", "location");
    for (let item = link.closest("li"); item; item = item.parentElement.closest("li")) item.classList.add("here");
    const nav = document.getElementById("contents");
    if (nav.scrollHeight > nav.clientHeight) nav.scrollTop = link.offsetTop - nav.clientHeight / 2;
  };
  let asked = 0;
  const relocate = () => { cancelAnimationFrame(asked); asked = requestAnimationFrame(locate); };
  addEventListener("scroll", relocate, { passive: true });
  addEventListener("resize", relocate);
  relocate();

  // For whoever wants to check how words are matched.
  globalThis.omnistudy = Object.freeze({ matchKey });
})();
