// Follows a training: its lines as they come, the page anew at its end.

const log = document.getElementById("log");
const EVERY = 2000; // ms

async function look() {
  try {
    const answer = await fetch("/console/releases/progress", { headers: { Accept: "application/json" } });
    const told = await answer.json();
    log.textContent = told.lines.join("\n");
    if (!told.is_running) location.reload();
  } catch {
    // The server swaps or is away: it is asked again.
  }
}

setInterval(look, EVERY);
