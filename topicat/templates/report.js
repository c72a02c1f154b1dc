"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("data");
  const tables = read("tables");
  const all = (selector) => [...document.querySelectorAll(selector)];
  const field = (id) => document.getElementById(id);
  const PAGE = 50;
  const NONE = "(no topic)";
  let limit = PAGE;

  function element(name, text, properties = {}) {
    const made = Object.assign(document.createElement(name), properties);
    if (text !== null) made.textContent = text;
    return made;
  }

  function options(select, values) {
    if (!select) return;
    select.append(element("option", data.words.js_any, { value: "" }));
    for (const [value, text] of values) select.append(element("option", text, { value }));
  }
  const topics = data.topics.map((topic, k) => [topic, (topic.includes(".") ? "– " : "") + data.names[k]]);
  options(field("topic"), [...topics, [NONE, data.words.js_none]]);
  options(field("other"), topics);
  options(field("source"), data.sources.map((name) => [name, name]));

  // A week is named by its Monday: a document of any of its days belongs to it.
  function monday(date) {
    const day = new Date(`${date}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
    return day.toISOString().slice(0, 10);
  }
  let weekly = false;
  function inPeriod(date, period) {
    if (!period) return true;
    return Boolean(date) && (weekly ? monday(date) === period : date.startsWith(period));
  }

  function wanted() {
    const value = (id) => (field(id) ? field(id).value.trim() : "");
    const topic = value("topic"), other = value("other"), source = value("source"), period = value("period");
    const has = (document, path) => document[4].some(([k]) => data.topics[k] === path);
    return data.documents.filter((d) =>
      (!topic || (topic === NONE ? !d[4].length : has(d, topic))) && (!other || has(d, other)) &&
      (!source || data.sources[d[2]] === source) && inPeriod(d[1], period));
  }

  function show(document_) {
    const [name, date, , count, found, paragraphs] = document_;
    const place = element(paragraphs.length ? "details" : "div", null, { className: "doc" });
    const head = element(paragraphs.length ? "summary" : "p", null);
    head.append(element("bdi", name), element("span", `  ${date}  `, { className: "soft" }));
    const said = found.filter(([k]) => !data.topics[k].includes(".")).map(([k, n]) => `${data.names[k]} ${n}/${count}`);
    head.append(element("span", said.join(" · ") || data.words.js_none, { className: "soft" }));
    place.append(head);
    if (paragraphs.length) {
      place.addEventListener("toggle", () => {
        if (place.querySelector("ol")) return;
        const list = element("ol", null);
        for (const [number, text, topics_] of paragraphs) {
          const item = element("li", null, { value: number });
          item.append(element("bdi", text));
          if (topics_.length) item.append(element("small", `  ${topics_.map((k) => data.names[k]).join(", ")}`));
          list.append(item);
        }
        place.append(list);
      });
    }
    return place;
  }

  function update() {
    const found = wanted();
    field("list").replaceChildren(...found.slice(0, limit).map(show));
    field("more").hidden = found.length <= limit;
    field("shown").textContent =
      data.words.js_documents.replace("{n}", found.length).replace("{of}", data.documents.length);
  }

  // Every figure leads to its documents.
  function select(figure) {
    for (const id of ["topic", "other", "source", "period"]) if (field(id)) field(id).value = figure.dataset[id] || "";
    const unit = figure.closest("[data-of]");
    weekly = Boolean(unit) && unit.dataset.of === "week";
    limit = PAGE;
    update();
    field("documents").scrollIntoView();
    field("documents").focus({ preventScroll: true });
  }
  document.addEventListener("click", (event) => {
    const figure = event.target.closest("[data-topic], [data-period], [data-source]");
    if (!figure) return;
    event.preventDefault();
    select(figure);
  });
  for (const id of ["topic", "other", "source", "period"]) {
    if (field(id)) field(id).addEventListener("input", () => { weekly = false; limit = PAGE; update(); });
  }
  field("reset").addEventListener("click", () => {
    for (const id of ["topic", "other", "source", "period"]) if (field(id)) field(id).value = "";
    update();
  });
  field("more").addEventListener("click", () => { limit += 10 * PAGE; update(); });

  for (const button of all(".unit")) {
    button.addEventListener("click", () => {
      for (const other of all(".unit")) other.setAttribute("aria-pressed", other === button);
      for (const part of all("[data-of]")) part.hidden = part.dataset.of !== button.dataset.unit;
    });
  }

  const subtopics = field("subtopics");
  if (subtopics) {
    subtopics.addEventListener("click", () => {
      const shown = subtopics.getAttribute("aria-pressed") !== "true";
      subtopics.setAttribute("aria-pressed", shown);
      for (const row of all(".sub")) row.hidden = !shown;
    });
  }

  // Tables as CSV files, made in the page.
  const cell = (value) => (/[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value ?? "");
  function rows(name) {
    if (name !== "documents") return [tables[name].columns, ...tables[name].rows];
    const found = wanted().map((d) => [d[0], d[1], data.sources[d[2]], d[3],
      ...data.topics.map((_, k) => (d[4].find(([t]) => t === k) || [k, 0])[1])]);
    return [["document", "date", "source", "paragraphs", ...data.topics], ...found];
  }
  for (const button of all(".save")) {
    button.addEventListener("click", () => {
      const text = rows(button.dataset.table).map((row) => row.map(cell).join(",")).join("\n");
      const link = element("a", null, { download: `${button.dataset.table}.csv` });
      link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/csv" }));
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }
  update();
})();
