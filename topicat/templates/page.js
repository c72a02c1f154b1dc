"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const slider = document.getElementById("threshold");
  const output = document.getElementById("threshold-value");
  const ownButton = document.getElementById("own");
  const tip = document.querySelector(".tip");
  const chosen = new Set();
  let own = true;

  const paragraphs = all(".par").map((node) => ({
    node,
    article: node.closest("article"),
    nothing: node.querySelector(".nothing"),
    marks: all("mark", node).map((mark) => ({
      mark,
      weights: mark.dataset.e.split(" ").map((pair) => pair.split(":").map(Number)),
    })),
    chips: all(".chip", node).map((chip) => ({
      chip, topic: +chip.dataset.t, p: +chip.dataset.p, threshold: +chip.dataset.h, own: "own" in chip.dataset,
      subtopics: all("small", chip).map((small) => ({
        small, topic: +small.dataset.t, p: +small.dataset.p, own: "own" in small.dataset,
      })),
    })),
  }));
  const articles = all("article").map((article) => ({ article, list: [] }));
  const listOf = new Map(articles.map(({ article, list }) => [article, list]));
  for (const paragraph of paragraphs) listOf.get(paragraph.article).push(paragraph);
  const percent = (p) => (p > 0 && p < 0.01 ? "<1 %" : p > 0.99 && p < 1 ? ">99 %" : `${Math.round(100 * p)} %`);

  // Decide anew: which topics of a paragraph are assigned, and which of its decisions are doubtful.
  function decide(paragraph) {
    const limit = slider.value / 100;
    const over = (item) => (own ? item.own : item.p >= limit && (item.own || !data.exclusive));
    paragraph.topics = new Set();
    paragraph.assigned = new Set();
    paragraph.doubtful = false;
    for (const chip of paragraph.chips) {
      const taken = over(chip);
      const doubt = Math.abs(chip.p - (own ? chip.threshold : limit)) < data.doubt && (taken || own || !data.exclusive);
      if (taken) {
        paragraph.topics.add(String(chip.topic));
        paragraph.assigned.add(chip.topic);
      }
      paragraph.doubtful ||= doubt;
      chip.chip.hidden = !taken && !doubt;
      chip.chip.classList.toggle("ghost", !taken);
      chip.chip.classList.toggle("doubt", doubt);
      for (const sub of chip.subtopics) {
        sub.small.hidden = !(taken && over(sub));
        if (!sub.small.hidden) paragraph.assigned.add(sub.topic);
      }
    }
    paragraph.nothing.hidden = paragraph.topics.size > 0;
  }

  // A word takes the colour of the strongest assigned topic that it spoke for, among those chosen if any are.
  function paint(paragraph) {
    const topics = [...chosen].filter((t) => t !== "none" && t !== "doubt").map((t) => data.colors[t]);
    const visible = (k) => paragraph.assigned.has(k) && (!topics.length || topics.includes(data.colors[k]));
    for (const { mark, weights } of paragraph.marks) {
      const best = weights.filter(([k]) => visible(k)).sort((a, b) => b[1] - a[1])[0];
      mark.className = best ? data.classes[data.colors[best[0]]] : "off";
      if (!best) continue;
      mark.style.setProperty("--a", 0.1 + (data.strongest - 0.1) * Math.min(1, best[1] / data.saturated));
    }
  }

  const matches = (paragraph) => !chosen.size || [...chosen].some((t) =>
    t === "none" ? !paragraph.topics.size : t === "doubt" ? paragraph.doubtful : paragraph.topics.has(t));

  function tally(list) {
    const counts = { none: 0, doubt: 0 };
    for (const paragraph of list) {
      for (const topic of paragraph.topics) counts[topic] = (counts[topic] || 0) + 1;
      if (!paragraph.topics.size) counts.none += 1;
      if (paragraph.doubtful) counts.doubt += 1;
    }
    return counts;
  }

  function update(anew) {
    let shown = 0;
    for (const paragraph of paragraphs) {
      if (anew) decide(paragraph);
      paint(paragraph);
      paragraph.node.hidden = !matches(paragraph);
      shown += !paragraph.node.hidden;
    }
    const counts = tally(paragraphs);
    for (const key of all(".key")) {
      key.querySelector("b").textContent = counts[key.dataset.t] || 0;
      key.setAttribute("aria-pressed", chosen.has(key.dataset.t));
    }
    for (const { article, list } of articles) {
      const own = tally(list);
      for (const item of all(".mix li", article)) {
        const n = own[item.dataset.t] || 0;
        item.hidden = !n;
        item.querySelector("b").textContent = n;
        item.querySelector(".soft").textContent = percent(n / Math.max(1, list.length));
        item.querySelector(".bar").style.setProperty("--s", n / Math.max(1, list.length));
      }
      article.hidden = chosen.size > 0 && list.every((p) => p.node.hidden);
    }
    output.textContent = own ? data.words.js_own : percent(slider.value / 100);
    ownButton.setAttribute("aria-pressed", own);
    document.getElementById("shown").textContent =
      data.words.js_shown.replace("{n}", shown).replace("{of}", paragraphs.length);
  }

  for (const key of all(".key")) {
    key.addEventListener("click", () => {
      if (!chosen.delete(key.dataset.t)) chosen.add(key.dataset.t);
      update(false);
    });
  }
  slider.addEventListener("input", () => { own = false; update(true); });
  ownButton.addEventListener("click", () => { own = true; update(true); });

  // The numbers behind a word: on hovering, or on a tap.
  const said = (mark) => mark.dataset.e.split(" ").map((pair) => pair.split(":"))
    .map(([k, weight]) => `${data.names[k]} +${weight}`).join("\n");
  function show(mark) {
    tip.textContent = `${mark.textContent}\n${said(mark)}`;
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(4, left) + scrollX}px`;
    tip.style.top = `${box.bottom + scrollY + 4}px`;
  }
  const wanted = (event) => event.target.closest && event.target.closest("mark:not(.off)");
  document.addEventListener("mouseover", (event) => { const mark = wanted(event); if (mark) show(mark); else tip.hidden = true; });
  document.addEventListener("click", (event) => { const mark = wanted(event); if (mark) show(mark); else tip.hidden = true; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });

  // All numbers of a paragraph, made when they are first asked for.
  function table(head, rows) {
    const made = document.createElement("table");
    for (const [i, cells] of [head, ...rows].entries()) {
      const row = (i ? made.tBodies[0] || made.createTBody() : made.createTHead()).insertRow();
      for (const text of cells) {
        const cell = document.createElement(i ? "td" : "th");
        if (!i) cell.scope = "col";
        cell.textContent = text;
        row.append(cell);
      }
    }
    return made;
  }
  for (const paragraph of paragraphs) {
    const details = paragraph.node.querySelector("details");
    details.addEventListener("toggle", () => {
      const place = details.querySelector("div");
      if (place.childElementCount) return;
      const values = paragraph.node.dataset.p.split(" ").map((p, i) => [data.names[data.roots[i]], +p]);
      values.sort((a, b) => b[1] - a[1]);
      place.append(table([data.words.js_topic, data.words.js_probability], values.map(([n, p]) => [n, p.toFixed(3)])));
      const words = paragraph.marks.flatMap(({ mark, weights }) =>
        weights.map(([k, weight]) => [mark.textContent, data.names[k], `+${weight.toFixed(2)}`]));
      words.sort((a, b) => b[2] - a[2]);
      if (words.length) place.append(table([data.words.js_word, data.words.js_for, data.words.js_weight], words));
    });
  }
  update(true);
})();
