"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const by = (id) => document.getElementById(id);
  const words = data.words;
  const buttons = new Map(all(".topic button").map((button) => [button.dataset.t, button]));
  const hotkeys = new Map([...buttons.values()].filter((b) => b.dataset.key).map((b) => [b.dataset.key, b]));
  // One name a window: it keeps its paragraph when it is loaded again, and no other window gets it.
  const mine = sessionStorage.getItem("window") || crypto.getRandomValues(new Uint32Array(2)).join("");
  sessionStorage.setItem("window", mine);
  let item = null;
  let busy = false;

  async function ask(what, body) {
    let answer;
    try {
      answer = await fetch(`api/${what}?window=${mine}`, body && {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
    } catch {
      throw new Error(words.js_label_lost);
    }
    const found = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(found.error.message), { status: answer.status });
    return found;
  }

  const say = (text, wrong = false) => {
    by("message").textContent = text;
    by("message").classList.toggle("wrong", wrong);
  };
  const assigned = () => [...buttons].filter(([, b]) => b.getAttribute("aria-pressed") === "true").map(([t]) => t);
  const nameOf = (paths) => paths.map((t) => data.names[t]).join(", ") || words.js_label_none;

  function press(path, on) {
    buttons.get(path)?.setAttribute("aria-pressed", on);
  }

  // A subtopic brings its parents; a topic that goes takes its subtopics along; in an exclusive taxonomy one root stays.
  function toggle(path) {
    const on = buttons.get(path).getAttribute("aria-pressed") !== "true";
    const parts = path.split(".");
    if (on) parts.forEach((_, i) => press(parts.slice(0, i + 1).join("."), true));
    for (const other of buttons.keys()) {
      if (!on && (other === path || other.startsWith(`${path}.`))) press(other, false);
      if (on && data.exclusive && other.split(".")[0] !== parts[0]) press(other, false);
    }
    define(path);
  }

  function define(path) {
    const place = by("definition");
    place.querySelector("h2").textContent = data.names[path];
    place.querySelector("p").textContent = data.definitions[path] || data.no_definition;
  }

  function around(place, texts) {
    place.replaceChildren(...texts.map((text) => element("p", text, { dir: "auto" })));
  }

  function show(found, labels) {
    item = found;
    document.body.classList.toggle("done", !item);
    for (const button of buttons.values()) button.querySelector("b").textContent = "";
    for (const path of buttons.keys()) press(path, false);
    if (!item) {
      by("where").textContent = "";
      by("text").textContent = words.js_label_done;
      around(by("before"), []);
      around(by("after"), []);
      return;
    }
    by("where").textContent = `${item.document}, ${item.number} · ${item.why}`;
    around(by("before"), item.before);
    around(by("after"), item.after);
    by("text").replaceChildren(...item.parts.map((part) => {
      if (!part.strength) return document.createTextNode(part.text);
      const mark = document.createElement("mark");
      mark.className = data.classes[part.topic];
      mark.style.setProperty("--a", part.strength);
      mark.textContent = part.text;
      return mark;
    }));
    for (const [path, p] of Object.entries(item.probabilities)) {
      const place = buttons.get(path)?.querySelector("b");
      if (place && p >= 0.05) place.textContent = `${Math.round(100 * p)} %`;
    }
    for (const path of labels || item.labels) {
      const parts = path.split(".");
      parts.forEach((_, i) => press(parts.slice(0, i + 1).join("."), true));
    }
    define(assigned()[0] || [...buttons.keys()][0]);
    by("text").scrollIntoView({ block: "nearest" });
  }

  function progress(state) {
    by("progress").textContent = words.js_label_progress
      .replace("{coded}", state.coded).replace("{aside}", state.aside).replace("{left}", state.left);
    agree(state.agreement);
    training(state.training);
    if (by("words")) by("undo-word").disabled = !state.edits;
  }

  let shown = "";
  function training(state) {
    if (shown === JSON.stringify(state)) return;
    shown = JSON.stringify(state);
    by("trained").textContent = state.error ? `${state.error} ${state.said}` : state.said;
    by("train").disabled = state.running;
    by("share").hidden = !state.running;
    by("share").value = state.share;
    const charts = document.querySelector(".charts");
    charts.hidden = !Object.keys(state.charts).length;
    // The charts are made and escaped by the server.
    for (const place of all("[data-chart]", charts)) {
      place.innerHTML = state.charts[place.dataset.chart] || "";
      place.parentElement.hidden = !place.innerHTML;
    }
  }

  const element = (tag, textContent, more = {}) => Object.assign(document.createElement(tag), { textContent }, more);

  // How far this coder agrees with each other, and on which paragraphs the two are to talk.
  let agreed = "";
  function agree(list) {
    if (agreed === JSON.stringify(list)) return; // an open list stays open
    agreed = JSON.stringify(list);
    by("agreement").hidden = !list.length;
    by("agreement").replaceChildren(...list.flatMap((with_) => {
      const kappa = with_.kappa === null ? "–" : with_.kappa.toFixed(2);
      const heading = words.js_label_agreement.replace("{other}", with_.other).replace("{same}", with_.same)
        .replace("{n}", with_.n).replace("{kappa}", kappa);
      const topics = Object.entries(with_.topics).filter(([, k]) => k !== null)
        .map(([t, k]) => `${data.names[t]} ${k.toFixed(2)}`).join(", ");
      const settle = element("details", "", { hidden: !with_.settle.length });
      settle.append(element("summary", words.js_label_settle.replace("{n}", with_.settle.length)));
      const texts = element("ol", "");
      texts.append(...with_.settle.map((text) => element("li", text, { dir: "auto" })));
      settle.append(texts);
      return [element("h2", heading), element("p", topics, { className: "soft" }), settle];
    }));
  }

  async function once(work) {
    if (busy) return;
    busy = true;
    try {
      await work();
    } catch (error) {
      say(error.message, true);
      if (error.status === 409) await load().catch(() => {});
    } finally {
      busy = false;
    }
  }

  async function load() {
    const found = await ask("item");
    show(found.item);
    progress(found.state);
  }

  const decide = (kind, labels) => once(async () => {
    if (!item) return;
    const found = await ask("decide", { key: item.key, kind, labels });
    say(kind === "label" ? words.js_label_saved.replace("{labels}", nameOf(labels)) : words[`js_label_put_${kind}`]);
    show(found.item);
    progress(found.state);
  });

  const actions = {
    save: () => decide("label", assigned()),
    none: () => decide("label", []),
    unsure: () => decide("unsure", []),
    skip: () => decide("skip", []),
    undo: () => once(async () => {
      const found = await ask("undo", {});
      say(found.item ? words.js_label_undone : words.js_label_nothing);
      if (found.item) show(found.item, found.item.labels);
      progress(found.state);
    }),
  };
  const keys = { Enter: "save", n: "none", u: "unsure", s: "skip", z: "undo" };

  // The taxonomy beside it: a word that is marked in the text, tried, then kept.
  function setUpWords() {
    let trial = "";
    const forget = () => {
      trial = "";
      by("keep").disabled = true;
      by("preview").replaceChildren();
    };
    actions.mark = () => {
      const selection = getSelection();
      if (by("main").contains(selection.anchorNode) && `${selection}`.trim()) by("word").value = `${selection}`.trim();
      const [topic] = assigned().slice(-1);
      if (topic) by("word-topic").value = topic;
      const han = /\p{Script=Han}/u.test(by("word").value);
      const lang = han ? "zh" : /\p{Script=Cyrillic}/u.test(by("word").value) ? "ru" : "en";
      if (all("option", by("word-lang")).some((option) => option.value === lang)) by("word-lang").value = lang;
      forget();
      by("word").focus();
    };
    const edit = () => ({
      topic: by("word-topic").value, field: by("word-field").value, lang: by("word-lang").value, word: by("word").value,
    });
    const listed = (change) => {
      const line = element("li", "");
      const labels = [...change.added.map((t) => `+${t}`), ...change.gone.map((t) => `−${t}`)].join(" ");
      line.append(element("b", labels), element("span", ` ${change.text}`, { dir: "auto" }));
      return line;
    };
    const preview = () => once(async () => {
      forget();
      const found = await ask("try-word", edit());
      trial = found.trial;
      by("keep").disabled = false;
      const list = element("ol", "");
      list.append(...found.changed.map(listed));
      const n = found.changed.length + found.more;
      by("preview").replaceChildren(
        ...found.findings.map((finding) => element("p", finding, { className: "finding" })),
        element("p", words.js_label_changes.replace("{n}", n).replace("{of}", found.paragraphs)), list);
      say("");
    });
    const settled = (found, message) => {
      forget();
      show(found.item, assigned());
      progress(found.state);
      say(message);
    };
    by("words").querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); preview(); });
    by("words").addEventListener("input", forget);
    by("mark").addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    by("mark").addEventListener("click", () => actions.mark());
    by("keep").addEventListener("click", () => once(async () => {
      settled(await ask("keep-word", { trial }), words.js_label_kept);
    }));
    by("undo-word").addEventListener("click", () => once(async () => {
      settled(await ask("undo-word", {}), words.js_label_word_undone);
    }));
  }
  if (by("words")) {
    setUpWords();
    keys.k = "mark";
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const target = event.target;
    if (target.closest("input, select, textarea, summary") || (event.key === "Enter" && target.closest("button, a"))) return;
    if (keys[event.key]) actions[keys[event.key]]();
    else if (hotkeys.has(event.key)) { if (item && !busy) toggle(hotkeys.get(event.key).dataset.t); }
    else return;
    event.preventDefault();
  });
  for (const [path, button] of buttons) {
    button.addEventListener("click", (event) => {
      if (item) toggle(path);
      if (event.detail) button.blur(); // after a click by mouse Enter saves; by keyboard it presses the button
    });
    button.addEventListener("focus", () => define(path));
    button.addEventListener("mouseenter", () => define(path));
  }
  for (const button of all("[data-do]")) {
    button.addEventListener("click", (event) => {
      if (event.detail) button.blur();
      actions[button.dataset.do]();
    });
  }
  by("train").addEventListener("click", () => once(async () => progress(await ask("train", {}))));
  once(load);
  setInterval(() => { if (!busy && !document.hidden) ask("state").then(progress).catch(() => {}); }, 1500);
})();
