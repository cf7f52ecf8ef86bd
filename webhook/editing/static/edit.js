// Shows what WeChat would be sent while somebody fills in the form of a place.

const form = document.getElementById("edit");
const shown = document.getElementById("preview");
const PAUSE = 500; // ms without a key before it is asked

let waiting = 0;
let last = 0;

async function show() {
  const mine = ++last;
  try {
    const answer = await fetch("/console/edit/preview", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Token": document.body.dataset.token },
      body: new URLSearchParams(new FormData(form)),
    });
    if (mine !== last) return;
    shown.className = "";
    shown.innerHTML = answer.ok ? await answer.text() : "<p>现在看不了预览。</p>";
  } catch {
    if (mine === last) shown.textContent = "连不上，看不了预览。";
  }
}

if (form && shown) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  show();
}
