// The desk: finds while somebody types, opens entries beside the results, keeps what the caller said.

import { copy, tell } from "/console/static/copy.js";
import { toggleTalk } from "/console/static/talk.js";

const field = document.getElementById("q");
const list = document.getElementById("hits");
const found = document.getElementById("found");
const entry = document.getElementById("entry");
const caller = document.getElementById("caller");
const KEPT = "caller";
const PAUSE = 60;

let hits = [];
let chosen = 0;
let asked = 0;
let opened = null;
let timer;

function query(more = {}) {
  const said = { ...Object.fromEntries(new FormData(caller)), ...more };
  return new URLSearchParams(Object.entries(said).filter(([, value]) => value));
}

async function fetched(path) {
  const response = await fetch(path, { headers: { "X-Requested-With": "fetch" } });
  if (response.status === 401) location.reload();
  return response;
}

async function find() {
  const number = ++asked;
  const parameters = new URLSearchParams({ q: field.value, region: caller.elements.region.value });
  try {
    const response = await fetched(`/console/search?${parameters}`);
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    // What comes late is no answer to what stands in the field now.
    if (number === asked) show(answer);
  } catch {
    if (number === asked) found.textContent = "现在查不了，请再试一次。";
  }
}

function show(answer) {
  hits = answer.hits.map((hit) => ({ ...hit, region: answer.region }));
  chosen = 0;
  list.replaceChildren(...hits.map(item));
  const where = answer.region ? `参保地：${answer.region.name}` : "";
  const count = hits.length ? "" : "没有找到，请换个说法。";
  found.textContent = [where, count].filter(Boolean).join("，");
  mark();
}

function item(hit, index) {
  const element = document.createElement("li");
  element.id = `hit-${index}`;
  element.setAttribute("role", "option");
  const title = document.createElement("span");
  title.textContent = hit.label ? `${hit.title}：${hit.label}` : hit.title;
  const note = document.createElement("small");
  note.textContent = hit.note;
  element.append(title, note);
  element.addEventListener("click", () => { chosen = index; mark(); open(); });
  return element;
}

function mark() {
  [...list.children].forEach((element, index) => element.setAttribute("aria-selected", String(index === chosen)));
  const current = list.children[chosen];
  field.setAttribute("aria-activedescendant", current ? current.id : "");
  if (current) current.scrollIntoView({ block: "nearest" });
}

async function open() {
  const hit = hits[chosen];
  if (!hit) return;
  if (hit.region && !caller.elements.region.value) {
    caller.elements.region.value = hit.region.name;
    keep();
  }
  opened = hit;
  await load();
}

async function load() {
  if (!opened) return;
  const wanted = opened;
  const region = caller.elements.region.value || (opened.region ? opened.region.code : "");
  const response = await fetched(`${opened.path}?${query({ aspect: opened.aspect, region })}`);
  if (wanted !== opened) return;
  if (!response.ok) {
    tell(response.status === 404 ? "没有这个县市，请检查参保地和就医地" : "现在打不开，请再试一次");
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  entry.replaceChildren(...page.body.children);
  scrollTo({ top: 0 });
}

function keep() {
  sessionStorage.setItem(KEPT, query().toString());
}

function recall() {
  for (const [name, value] of new URLSearchParams(sessionStorage.getItem(KEPT) || "")) {
    if (caller.elements[name]) caller.elements[name].value = value;
  }
}

function nextCall() {
  caller.reset();
  keep();
  opened = null;
  field.value = "";
  entry.replaceChildren();
  field.focus();
  find();
}

const SHORTCUTS = {
  KeyC: () => copy("sent"),
  KeyD: () => copy("aloud"),
  KeyR: () => caller.elements.region.select(),
  KeyN: nextCall,
  KeyT: toggleTalk,
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  if (event.altKey && !event.ctrlKey && SHORTCUTS[event.code]) {
    event.preventDefault();
    SHORTCUTS[event.code]();
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    field.select();
  } else if (event.key === "Escape") {
    if (event.target === field) field.value = "";
    field.focus();
    find();
  }
});

field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && hits.length) {
    event.preventDefault();
    chosen = (chosen + step + hits.length) % hits.length;
    mark();
  } else if (event.key === "Enter") {
    event.preventDefault();
    open();
  }
});

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(find, PAUSE);
});

caller.addEventListener("submit", (event) => { event.preventDefault(); });
caller.addEventListener("change", () => { keep(); find(); load(); });
document.getElementById("next-call").addEventListener("click", nextCall);

recall();
find();
