"use strict";
(() => {
  document.documentElement.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const search = one("search"), reader = one("reader"), code = one("reader-code");
  const cases = all(".case"), findings = all(".finding");
  const plain = new Map([...cases, ...findings, ...all("article")].map((item) => [item, `${item.dataset.name || ""} ${item.textContent}`.toLowerCase()]));

  // Case rows and findings that have every word of the search, in themselves or in what they rendered.
  const words = () => search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text, wanted) => wanted.every((word) => text.includes(word));
  const linked = (item) => all('.texts a[href^="#t"]', item);

  function filter() {
    const wanted = words();
    const shown = new Set(all("button[data-state][aria-pressed=true]").map((button) => button.dataset.state));
    const hits = new Set(wanted.length ? all("article").filter((text) => has(plain.get(text), wanted)).map((text) => `#${text.id}`) : []);
    let visible = 0;
    for (const item of cases) {
      const links = linked(item);
      for (const link of links) link.classList.toggle("hit", hits.has(link.hash));
      const fits = has(plain.get(item), wanted) || links.some((link) => hits.has(link.hash));
      item.hidden = !(fits && shown.has(item.dataset.state));
      visible += item.hidden ? 0 : 1;
      for (const dot of all(`.dot[href="#${item.id}"]`)) dot.classList.toggle("faded", item.hidden);
    }
    const severities = new Set(all("button[data-severity][aria-pressed=true]").map((button) => button.dataset.severity));
    for (const item of findings) item.hidden = !(has(plain.get(item), wanted) && severities.has(item.dataset.severity));
    document.querySelector("#cases .nothing").hidden = visible > 0;
    const left = findings.filter((item) => !item.hidden).length;
    one("found").textContent = visible < cases.length || left < findings.length ? `${visible} of ${cases.length} cases, ${left} of ${findings.length} findings` : "";
  }

  function piece(text, kind) {
    const wanted = words();
    const part = document.createElement(kind ? "span" : "i");
    const found = wanted.length ? new RegExp(`(${wanted.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "i") : null;
    const node = kind ? part : document.createDocumentFragment();
    if (kind) part.className = kind;
    text.split(found).forEach((run, index) => {
      const at = index % 2 && found ? document.createElement("mark") : null;
      if (at) at.textContent = run;
      node.append(at || run);
    });
    return node;
  }

  function write(text) {
    code.replaceChildren();
    for (const line of text.replace(/\n$/, "").split("\n")) {
      const row = document.createElement("span");
      row.className = "line";
      const [, before, key, rest] = /^(\s*(?:- )*)([^\s:#='"\[{][^\s:='"]*(?=:(?:\s|$)| = )|\[+[^\]]+\]+(?=\s*$))?(.*)$/.exec(line);
      row.append(before);
      if (key) row.append(piece(key, "key-word"));
      row.append(/^\s*#/.test(line) ? piece(rest, "comment") : piece(rest, ""), "\n");
      code.append(row);
    }
  }

  function follow() {
    const target = location.hash && one(location.hash.slice(1));
    if (!target) return;
    if (target.matches("details")) {
      if (reader.open) reader.close();
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
      target.querySelector("summary").focus({ preventScroll: true });
    } else if (target.matches("article")) {
      one("reader-title").textContent = target.querySelector("h3").textContent;
      one("reader-about").textContent = `${target.dataset.source}, in ${target.dataset.cases}`;
      one("copy").textContent = "Copy";
      write(target.querySelector("pre").textContent);
      if (!reader.open) reader.showModal();
      code.scrollTo(0, 0);
    }
  }

  search.addEventListener("input", filter);
  for (const button of all("button[aria-pressed]")) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.matches("input") && !reader.open) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
    }
  });
  let opener = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    opener = link;
    // The same link again: the address does not change.
    if (link.hash === location.hash) follow();
  });
  one("copy").addEventListener("click", async () => {
    const text = document.querySelector(`${location.hash} pre`).textContent;
    try {
      await navigator.clipboard.writeText(text);
      one("copy").textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      one("copy").textContent = "Selected: press Ctrl-C";
    }
  });
  one("close").addEventListener("click", () => reader.close());
  reader.addEventListener("click", (event) => { if (event.target === reader) reader.close(); });
  reader.addEventListener("close", () => {
    history.replaceState(null, "", location.pathname + location.search);
    if (opener) opener.focus({ preventScroll: true });
  });
  addEventListener("hashchange", follow);
  filter();
  follow();
})();
