// Follows the first sync: asks each second how far it is, and goes to the agenda when it is done. Without this the
// page loads itself anew.
const section = document.querySelector("[data-first-sync]");
const LONG = 20; // seconds after which a word of patience is due
const SILENT = 30; // unanswered questions after which it stops asking: signed out, or the server is away

async function ask() {
  const answer = await fetch(section.dataset.firstSync, { headers: { Accept: "application/json" }, redirect: "error" });
  return answer.json();
}

function show({ seen, done, words }) {
  const bar = section.querySelector("[data-progress]");
  if (seen) {
    bar.max = seen;
    bar.value = done;
  }
  section.querySelector("[data-words]").textContent = words;
}

async function follow() {
  for (let second = 1, unanswered = 0; unanswered < SILENT; second += 1) {
    await new Promise((done) => setTimeout(done, 1000));
    try {
      const found = await ask();
      unanswered = 0;
      if (found.state === "done") return location.replace(section.dataset.arrival);
      if (found.state === "trouble") return location.reload();
      show(found);
    } catch {
      unanswered += 1;
    }
    section.querySelector("[data-patience]").hidden = second < LONG;
  }
}

if (section) follow();
