// Copies a part of an entry as text, and says so.

const told = document.getElementById("told");
let timer;

export function tell(words) {
  told.textContent = words;
  clearTimeout(timer);
  timer = setTimeout(() => { told.textContent = ""; }, 2500);
}

export async function copy(id) {
  const element = document.getElementById(id);
  if (!element) return;
  try {
    await navigator.clipboard.writeText(element.innerText.trim());
    tell("已复制");
  } catch {
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    tell("浏览器不让复制，已经选中，请按 Ctrl+C");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".copy");
  if (button) copy(button.dataset.copy);
});
