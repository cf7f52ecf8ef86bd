"use strict";

// The page of the simulator. What comes from the server is put in as text, never as HTML.

const byId = (id) => document.getElementById(id);
const notices = byId("notices").dataset;
const log = byId("log");
const scroller = byId("scroller");
const text = byId("text");
const title = byId("title");
const wire = byId("wire");

const QUIET = 5 * 60 * 1000; // milliseconds after which the time is shown again
const MOST_EXCHANGES = 30;

const state = {
  openid: sessionStorage.getItem("openid") || newOpenid(),
  encryption: document.body.dataset.encryption,
  lastShown: 0,
  waiting: 0,
};

function newOpenid() {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const random = crypto.getRandomValues(new Uint8Array(27));
  return "o" + Array.from(random, (byte) => letters[byte % 64]).join("");
}

function clone(id) {
  return byId(id).content.firstElementChild.cloneNode(true);
}

// --- what is shown

function show(element) {
  log.append(element);
  scroller.scrollTop = scroller.scrollHeight;
}

function showTime() {
  const now = new Date();
  if (now - state.lastShown > QUIET) {
    const item = document.createElement("div");
    item.className = "time";
    item.textContent = hours(now);
    show(item);
  }
  state.lastShown = now;
}

function hours(date) {
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
}

function showNotice(words) {
  const item = document.createElement("div");
  item.className = "notice";
  item.textContent = words;
  show(item);
}

// A message on the left or, `mine`, on the right; `content` is a node.
function showMessage(content, mine, bare) {
  showTime();
  const item = clone("t-message");
  item.classList.toggle("mine", mine);
  item.querySelector(".who").textContent = `${mine ? notices.me : notices.account}：`;
  const avatar = clone(mine ? "t-avatar-person" : "t-avatar-account");
  const tint = avatar.querySelector(".tint");
  if (tint) tint.setAttribute("fill", `hsl(${hue(state.openid)} 42% 62%)`);
  item.querySelector(".avatar").append(avatar);
  const bubble = item.querySelector(".bubble");
  bubble.classList.toggle("bare", Boolean(bare));
  bubble.append(content);
  show(item);
  return item;
}

function hue(openid) {
  return Array.from(openid).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
}

// The account's text: its taps and links become links, everything else stays text.
function readable(words) {
  const content = document.createDocumentFragment();
  const link = /<a\s+href=(["'])(.*?)\1[^<>]*>([^<]*)<\/a>/g;
  let end = 0;
  for (const match of words.matchAll(link)) {
    const anchor = linkTo(match[2], match[3]);
    if (!anchor) continue;
    content.append(words.slice(end, match.index), anchor);
    end = match.index + match[0].length;
  }
  content.append(words.slice(end));
  return content;
}

function linkTo(address, label) {
  const anchor = document.createElement("a");
  anchor.textContent = label;
  if (address.startsWith("weixin://bizmsgmenu?")) {
    const found = parameters(address.slice(address.indexOf("?") + 1));
    // Both must be there, as in WeChat.
    if (!found.msgmenucontent || !found.msgmenuid) return null;
    anchor.href = "#";
    anchor.className = "tap";
    anchor.addEventListener("click", (event) => {
      event.preventDefault();
      say(found.msgmenucontent, found.msgmenuid);
    });
    return anchor;
  }
  if (/^https?:\/\//.test(address)) {
    anchor.href = address;
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
    return anchor;
  }
  return null;
}

function parameters(query) {
  const found = {};
  for (const pair of query.split("&")) {
    const [name, ...rest] = pair.split("=");
    found[name] = decoded(rest.join("="));
  }
  return found;
}

function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

// --- what is sent

// `what` names it in the list of exchanges; `item` is the bubble, to be marked when it does not get through.
async function post(message, what, item) {
  state.waiting += 1;
  showTyping();
  try {
    const response = await fetch("/simulator/send", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ openid: state.openid, encryption: state.encryption, ...message }),
    });
    if (!response.ok) throw new Error(String(response.status));
    return received(await response.json(), what);
  } catch {
    if (item) item.classList.add("failed");
    showNotice(notices.offline);
    return null;
  } finally {
    state.waiting -= 1;
    showTyping();
  }
}

function received(exchange, what) {
  showExchange(exchange, what);
  if (exchange.text !== null) {
    showMessage(readable(exchange.text), false);
  } else if (exchange.status_code !== 200) {
    showNotice(notices.broken);
  } else if (what) {
    showNotice(notices.silent);
  }
  return exchange;
}

function showTyping() {
  if (!title.dataset.name) title.dataset.name = title.textContent;
  title.textContent = state.waiting ? title.dataset.typing : title.dataset.name;
  byId("announce").textContent = state.waiting ? title.dataset.typing : "";
}

function say(words, menuId) {
  const item = showMessage(document.createTextNode(words), true);
  return post({ kind: "text", text: words, menu_id: menuId || "" }, words, item);
}

function event(name) {
  return post({ kind: "event", event: name }, "");
}

function sendThing(kind, name, bare, words) {
  const item = showMessage(clone(`t-${name}`), true, bare);
  return post({ kind, text: words || "" }, notices[name], item);
}

// --- raw XML

function showExchange(exchange, what) {
  const item = clone("t-exchange");
  const set = (name, value) => { item.querySelector(name).textContent = value; };
  set(".what", what || exchange.xml_in.match(/<Event><!\[CDATA\[(.*?)\]\]>/)?.[1] || "");
  set(".status", exchange.status_code || "—");
  set(".ms", `${exchange.ms} ms${exchange.tries > 1 ? ` · ${exchange.tries} ${notices.tries}` : ""}`);
  set(".xml-in", indented(exchange.xml_in));
  set(".xml-out", indented(exchange.xml_out));
  set(".wire-in", exchange.wire_in);
  set(".wire-out", exchange.wire_out);
  item.querySelector(".wires").hidden = exchange.wire_in === exchange.xml_in;
  item.classList.toggle("bad", exchange.status_code !== 200);
  byId("exchanges").prepend(item);
  if (byId("exchanges").children.length > MOST_EXCHANGES) byId("exchanges").lastElementChild.remove();
}

// One element a line, outside CDATA only: what a person wrote stays as it is.
function indented(xml) {
  return xml
    .split(/(<!\[CDATA\[.*?\]\]>)/s)
    .map((part, index) => (index % 2 ? part : part.replace(/>(?=<[^/!])/g, ">\n  ").replace(/><\/xml>/, ">\n</xml>")))
    .join("");
}

const isNarrow = () => matchMedia("(max-width: 860px)").matches;

function toggleWire() {
  const isOpen = isNarrow() ? wire.classList.toggle("open") : !wire.classList.toggle("closed");
  byId("more").setAttribute("aria-expanded", String(isOpen));
  (isOpen ? byId("close-wire") : byId("more")).focus();
}

// --- the input bar

function fit() {
  text.style.height = "40px";
  text.style.height = `${Math.min(text.scrollHeight, 118)}px`;
  const hasText = text.value.trim() !== "";
  byId("send").hidden = !hasText;
  byId("plus").hidden = hasText;
}

function openDrawer(name) {
  for (const [drawer, button] of [["emojis", "emoji"], ["tools", "plus"]]) {
    const isOpen = drawer === name && byId(drawer).hidden;
    byId(drawer).hidden = !isOpen;
    byId(button).setAttribute("aria-expanded", String(isOpen));
  }
  scroller.scrollTop = scroller.scrollHeight;
}

function listen(isListening) {
  byId("voice").setAttribute("aria-pressed", String(isListening));
  byId("voice").querySelector("use").setAttribute("href", isListening ? "#i-keyboard" : "#i-voice");
  text.closest("label").hidden = isListening;
  byId("talk").hidden = !isListening;
  if (!isListening) text.focus();
}

function submit() {
  const words = text.value.trim();
  if (!words) return;
  text.value = "";
  fit();
  say(words);
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

text.addEventListener("input", fit);
text.addEventListener("focus", () => openDrawer(null));
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  openDrawer(null);
  if (wire.classList.contains("open")) toggleWire();
});

byId("voice").addEventListener("click", () => listen(byId("talk").hidden));
byId("talk").addEventListener("click", () => sendThing("voice", "voice", false));
byId("emoji").addEventListener("click", () => openDrawer("emojis"));
byId("plus").addEventListener("click", () => openDrawer("tools"));
byId("more").addEventListener("click", toggleWire);
byId("close-wire").addEventListener("click", toggleWire);
byId("back").addEventListener("click", () => {
  log.replaceChildren();
  state.lastShown = 0;
});
byId("emojis").addEventListener("click", (event) => {
  if (event.target.matches("button")) {
    text.value += event.target.textContent;
    fit();
  }
});

const actions = {
  picture: () => sendThing("image", "picture", true),
  place: () => sendThing("location", "place", true, byId("t-place").content.querySelector("strong").textContent),
  sticker: () => sendThing("sticker", "sticker", true),
  wire: toggleWire,
  follow: () => {
    showNotice(notices.follow);
    event("subscribe");
  },
  unfollow: async () => {
    const exchange = await event("unsubscribe");
    if (exchange && exchange.status_code === 200) showNotice(notices.unfollow);
  },
  person: () => {
    become(newOpenid());
    showNotice(notices.person);
    event("subscribe");
  },
  encryption: () => {
    state.encryption = state.encryption === "safe" ? "plain" : "safe";
    showMode();
    showNotice(state.encryption === "safe" ? notices.encryptionSafe : notices.encryptionPlain);
  },
};

byId("tools").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  openDrawer(null);
  actions[button.dataset.action]();
});

function become(openid) {
  state.openid = openid;
  state.lastShown = 0;
  sessionStorage.setItem("openid", openid);
  byId("openid").textContent = openid;
  log.replaceChildren();
}

function showMode() {
  byId("mode").textContent = byId("mode").dataset[state.encryption];
}

byId("clock").textContent = hours(new Date());
setInterval(() => { byId("clock").textContent = hours(new Date()); }, 10000);
byId("more").setAttribute("aria-expanded", String(!isNarrow()));
showMode();
become(state.openid);
showNotice(notices.follow);
event("subscribe");
