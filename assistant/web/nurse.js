// The nurse's page in the browser: sends what is clicked or typed to the program over one hidden component ("the bus"),
// one thing after the other, and does what the reply says. Nothing is kept but the look, for this tab only.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const waiting = [];
  let trigger = null, server = null, busy = null, replied = null, serial = 0;

  // --- the bus ---------------------------------------------------------------------------------------------------
  window.careBus = (send, props, watch, functions) => {
    trigger = send;
    server = functions;
    watch("value", () => {
      const reply = JSON.parse(props.value);
      if (reply.n === undefined) return;
      const sent = busy;
      replied = reply;
      soon(() => obey(reply, sent));
    });
    document.body.dataset.ready = "yes";
    if (!document.body.dataset.side) show("evidence", false);
    next();
  };
  // Runs when the program has ended an act, also where it failed and no reply came.
  window.careDone = () => setTimeout(() => {
    if (busy && (!replied || replied.n !== busy.n)) fail();
    busy = null;
    delete document.body.dataset.busy;
    next();
  }, 50);

  function care(data) {
    waiting.push({ ...data, n: ++serial, now: localTime() });
    next();
  }
  function next() {
    if (busy || !trigger || !waiting.length) return;
    busy = waiting.shift();
    document.body.dataset.busy = busy.act;
    trigger("act", busy);
  }
  function fail() {
    const box = one("#problem .problem p") || Object.assign(document.createElement("p"), { className: "problem", role: "alert" });
    box.textContent = one("#spoken").dataset.failed;
    if (!box.isConnected) one("#problem").append(box);
  }
  const localTime = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const soon = (task) => requestAnimationFrame(() => setTimeout(task, 30));

  // --- what a reply asks for -------------------------------------------------------------------------------------
  function obey({ ok, do: wanted }, sent) {
    synchronise();
    if (!ok) return;
    if (wanted.language) { document.documentElement.lang = wanted.language === "zh" ? "zh-CN" : "en"; show(document.body.dataset.side, false); }
    if (wanted.clear) { const q = one("#q"); if (as_sent(q.form, sent)) { q.value = ""; grow(q); } }
    if (wanted.reset) reset(wanted.reset, sent);
    if (wanted.side) show(wanted.side, false);
    if (wanted.latest) latest();
    if (wanted.flash) flash(wanted.flash);
    if (wanted.focus) { const to = one(wanted.focus); if (to) { to.focus({ preventScroll: true }); bring(to); } }
    if (wanted.spoken) one("#spoken").textContent = wanted.spoken;
  }
  // What stands in the boxes of the patient is what the program knows, also after it refused something.
  function synchronise() {
    all("#who [data-change]").forEach((box) => { box.value = box.getAttribute("value") || ""; });
  }
  // What was begun while the program worked stays.
  const as_sent = (form, sent) => sent && [...new FormData(form)].every(([name, value]) => sent[name] === undefined || sent[name] === value);
  function reset(act, sent) {
    for (const [name, form] of [["add", one("#add-form")], ["observe", one("#observe form")]]) {
      if (!form || !(act === "new" || (act === name && as_sent(form, sent)))) continue;
      form.reset();
      if (name === "add") shape(form, null);
    }
  }
  function latest() {
    const said = all("#chat .said").pop(), log = one("#chat");
    if (!said) return;
    if (log.scrollHeight > log.clientHeight + 4 && getComputedStyle(log).overflowY === "auto") {
      log.scrollTop += said.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
    } else said.scrollIntoView({ block: "start" });
  }
  function bring(element) {
    const box = element.closest("#evidence-panel, #whatif-panel, #documents-panel");
    if (box && getComputedStyle(box).overflowY === "auto" && box.scrollHeight > box.clientHeight + 4) {
      box.scrollTop += element.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
      if (box.getBoundingClientRect().top < 0) box.scrollIntoView({ block: "start" });
    } else element.scrollIntoView({ block: "start" });
  }
  function flash(source) {
    const card = one(`#source-${source}`);
    if (!card) return;
    bring(card);
    card.focus({ preventScroll: true });
    card.classList.remove("flash");
    void card.offsetWidth;
    card.classList.add("flash");
  }
  function show(side, focus) {
    document.body.dataset.side = side;
    all("#side [role=tab]").forEach((tab) => {
      const on = tab.dataset.side === side;
      tab.setAttribute("aria-selected", on);
      tab.tabIndex = on ? 0 : -1;
      if (on && focus) tab.focus();
    });
    for (const name of ["evidence", "whatif", "documents"]) {
      const panel = one(`#${name}-panel`);
      if (panel) { panel.setAttribute("role", "tabpanel"); panel.setAttribute("aria-labelledby", `tab-${name}`); panel.tabIndex = 0; }
    }
    const log = one("#chat");
    if (log) { log.setAttribute("role", "region"); log.setAttribute("aria-label", one("nav.jump a[href='#chat']").textContent); log.tabIndex = 0; }
  }

  // --- clicks ----------------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const cite = event.target.closest("a.cite");
    if (cite) {
      event.preventDefault();
      const shown = one("#sources");
      show("evidence", false);
      if (shown && shown.dataset.turn === cite.dataset.turn) flash(cite.dataset.source);
      else care({ act: "evidence", turn: cite.dataset.turn, source: cite.dataset.source });
      return;
    }
    const jump = event.target.closest("nav.jump a, a.skip");
    if (jump) {
      event.preventDefault();
      const to = one(jump.getAttribute("href"));
      to.scrollIntoView({ block: "start" });
      if (jump.matches(".skip")) to.focus();
      return;
    }
    const button = event.target.closest("button");
    if (!button) return;
    const data = button.dataset;
    if (data.act) care({ ...data });
    else if (data.say) say(data.say);
    else if (data.begin !== undefined) begin(data.begin);
    else if (data.side) { show(data.side, true); if (!button.matches("[role=tab]")) bring(one(`#${data.side}-panel`)); }
    else if (data.back) back(data);
    else if (data.copy !== undefined) copy(data.copy);
    else if (data.look) look(!document.body.classList.contains("dark"));
    else if (data.help) one("#help").showModal();
    else if (data.close) button.closest(".problem").remove();
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.change) care({ act: "value", key: box.dataset.change, value: box.value });
    else if (box.dataset.language) care({ act: "language", language: box.dataset.language });
    else if (box.dataset.file) read(box);
    else if (box.matches("#whatif-form [name=fact]")) {
      const chosen = box.selectedOptions[0];
      one("#whatif-form .for-number").hidden = chosen.dataset.number === undefined;
      one("#whatif-form .for-new").hidden = chosen.value !== "new";
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.act) return;
    event.preventDefault();
    const data = { ...form.dataset, ...Object.fromEntries(new FormData(form)) };
    if (form.id === "question" && busy && busy.act === "ask") return;
    care(data);
  });
  const say = (words) => { if (!busy || busy.act !== "ask") care({ act: "ask", words }); };
  function begin(words) {
    const q = one("#q");
    q.value = q.value.trim() ? `${q.value.trimEnd()} ${words}` : words;
    q.focus();
    q.setSelectionRange(q.value.length, q.value.length);
    grow(q);
  }
  function back({ back: source, turn }) {
    const cite = one(`#answer-${turn} a.cite[data-source="${source}"]`);
    if (!cite) return;
    const log = one("#chat");
    if (getComputedStyle(log).overflowY === "auto") {
      log.scrollTop += cite.getBoundingClientRect().top - log.getBoundingClientRect().top - 80;
      if (log.getBoundingClientRect().bottom < 80) log.scrollIntoView({ block: "start" });
    } else cite.scrollIntoView({ block: "center" });
    cite.focus({ preventScroll: true });
  }
  async function copy(words) {
    const spoken = one("#spoken");
    let done = false;
    try { await navigator.clipboard.writeText(words); done = true; } catch {
      const area = Object.assign(document.createElement("textarea"), { value: words });
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    spoken.textContent = done ? spoken.dataset.copied : spoken.dataset.notCopied;
    spoken.classList.add("toast");
    setTimeout(() => spoken.classList.remove("toast"), 4000);
  }
  async function read(box) {
    const file = box.files[0];
    if (!file) return;
    care({ act: "import", text: file.size > 1_000_000 ? "" : await file.text() });
    box.value = "";
  }
  const grow = (q) => { q.style.height = "auto"; q.style.height = `${Math.min(q.scrollHeight + 2, 220)}px`; };

  // --- the look: dark or light, for this tab ---------------------------------------------------------------------
  function look(dark) {
    document.body.classList.toggle("dark", dark);
    try { sessionStorage.setItem("care-look", dark ? "dark" : "light"); } catch { /* private window */ }
  }
  function recall() {
    let kept = null;
    try { kept = sessionStorage.getItem("care-look"); } catch { /* private window */ }
    if (kept) document.body.classList.toggle("dark", kept === "dark");
  }
  window.addEventListener("load", () => setTimeout(recall, 0));

  // --- adding a fact: a list that narrows as one types -------------------------------------------------------------
  let options = [], at = -1, asked = 0, timer = 0;
  document.addEventListener("input", (event) => {
    if (event.target.id === "q") grow(event.target);
    if (event.target.id !== "add-word") return;
    shape(event.target.form, null);
    clearTimeout(timer);
    timer = setTimeout(() => look_up(event.target), 120);
  });
  async function look_up(box) {
    const words = box.value.trim(), mine = ++asked;
    const found = words && server ? await server.find([words, document.documentElement.lang.startsWith("zh") ? "zh" : "en"]) : [];
    if (mine !== asked || document.activeElement !== box) return;
    options = found;
    at = -1;
    const list = one("#add-list");
    list.replaceChildren(...found.map((entry, n) => {
      const item = Object.assign(document.createElement("li"), { id: `add-option-${n}`, role: "option" });
      item.setAttribute("aria-selected", "false");
      item.append(entry.label, " ", Object.assign(document.createElement("small"), { textContent: entry.kind }));
      item.addEventListener("mousedown", (press) => { press.preventDefault(); choose(box, n); });
      return item;
    }));
    open_list(box, found.length > 0);
    one(".for-new", box.form).hidden = !words || found.length > 0;
    one("#add-count").textContent = !words ? "" : found.length ? box.dataset.found.replace("{n}", found.length) : box.dataset.none;
  }
  function open_list(box, open) {
    one("#add-list").hidden = !open;
    box.setAttribute("aria-expanded", open);
    if (!open) box.removeAttribute("aria-activedescendant");
  }
  function choose(box, n) {
    const entry = options[n];
    box.value = entry.word;
    shape(box.form, entry);
    if (entry.status) box.form.elements.status.value = entry.status;
    open_list(box, false);
    if (entry.key) box.form.elements.number.focus();
  }
  function shape(form, entry) {
    const number = Boolean(entry && entry.key), units = (entry && entry.units) || [];
    form.elements.key.value = number ? entry.key : "";
    one(".for-number", form).hidden = !number;
    one(".for-word", form).hidden = number;
    one(".for-new", form).hidden = true;
    form.elements.unit.replaceChildren(...units.map(([value, label]) => new Option(label, value)));
  }
  document.addEventListener("focusout", (event) => { if (event.target.id === "add-word") open_list(event.target, false); });
  function in_list(event, box) {
    const open = !one("#add-list").hidden;
    if (event.key === "Escape" && open) { open_list(box, false); event.preventDefault(); return true; }
    if (event.key === "Enter" && open && at >= 0) { choose(box, at); event.preventDefault(); return true; }
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || !options.length) return false;
    event.preventDefault();
    open_list(box, true);
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
    all("#add-list li").forEach((item, n) => {
      item.setAttribute("aria-selected", n === at);
      if (n === at) { item.scrollIntoView({ block: "nearest" }); box.setAttribute("aria-activedescendant", item.id); }
    });
    return true;
  }

  // --- keys ------------------------------------------------------------------------------------------------------
  const KEYS = {
    "/": () => one("#q").focus(),
    a: () => { one("#add-word").focus(); one("#add-word").scrollIntoView({ block: "nearest" }); },
    e: () => show("evidence", true),
    w: () => show("whatif", true),
    d: () => show("documents", true),
    N: () => one("#new").click(),
    t: () => look(!document.body.classList.contains("dark")),
    "?": () => one("#help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const on = event.target;
    if (on.id === "q" && event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      one("#question").requestSubmit();
      return;
    }
    if (on.id === "add-word" && !event.isComposing && in_list(event, on)) return;
    if (on.matches("[role=tab]") && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      const tabs = all("#side [role=tab]"), step = event.key === "ArrowRight" ? 1 : -1;
      show(tabs[(tabs.indexOf(on) + step + tabs.length) % tabs.length].dataset.side, true);
      return;
    }
    if (on.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
      if (event.key === "Escape") on.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]") || !one("#single-keys") || !one("#single-keys").checked) return;
    const task = KEYS[event.key];
    if (task) { event.preventDefault(); task(); }
  });
})();
