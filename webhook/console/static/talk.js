// The side panel: asks the bot as a citizen would, and shows what it understood.

const desk = document.querySelector(".desk");
const turns = document.getElementById("turns");
const form = document.getElementById("say");
const caller = document.getElementById("caller");
// Each window has a conversation of its own.
const mine = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());

export function toggleTalk() {
  desk.classList.toggle("talking");
  if (desk.classList.contains("talking")) form.elements.text.focus();
  else document.getElementById("q").focus();
}

function post(path, said) {
  return fetch(path, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Requested-With": "fetch",
      "X-Token": document.body.dataset.token,
    },
    body: JSON.stringify({ id: "1", sender: mine, text: "", ...said }),
  });
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

async function say(text) {
  const turn = element("div", "turn", "");
  turn.append(element("p", "theirs", text));
  turns.append(turn);
  try {
    const region = caller.elements.region.value;
    const response = await post("/console/talk", region ? { text, region } : { text });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    show(turn, answer);
  } catch (error) {
    const words = error.message === "region" ? "没有这个参保地，请检查上面的参保地。" : "现在问不了，请再试一次。";
    turn.append(element("p", "problem", words));
  }
  turns.scrollTop = turns.scrollHeight;
}

function show(turn, answer) {
  for (const part of answer.sent) {
    turn.append(element("p", "ours", part.text), element("p", "quiet", `${part.bytes} 字节`));
  }
  const options = element("div", "options", "");
  for (const option of answer.options) {
    const button = element("button", "", option.label);
    button.type = "button";
    button.addEventListener("click", () => say(option.send));
    options.append(button);
  }
  const understood = element("dl", "", "");
  const rows = [
    ["结果", answer.status_name],
    ["事项", [answer.topic_name || answer.intent_name, answer.aspect_name].filter(Boolean).join("，")],
    ["把握", answer.confidence === null ? "" : answer.confidence.toFixed(2)],
    ["参保地", answer.region ? answer.region.name : "不知道"],
    ["就医地", answer.care_place ? answer.care_place.name : ""],
    ["谁的规定", answer.answer_region ? answer.answer_region.name : ""],
    ["接近的", answer.near.map(([name, chance]) => `${name} ${chance.toFixed(2)}`).join("；")],
    ["用时", `${answer.latency_ms} 毫秒`],
  ];
  for (const [name, value] of rows.filter(([, value]) => value)) {
    understood.append(element("dt", "", name), element("dd", "", value));
  }
  turn.append(options, understood);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = form.elements.text.value.trim();
  form.elements.text.value = "";
  if (text) say(text);
});

document.getElementById("anew").addEventListener("click", async () => {
  await post("/console/talk/new", {});
  turns.replaceChildren();
  form.elements.text.focus();
});
