// While a sync runs, ask each second how it goes; when it is done, show the agenda anew. Without this the page simply
// waits for the next visit.
const form = document.querySelector("[data-sync]");
const PATIENCE = 300; // seconds; a run takes 240 at most

async function running() {
  const answer = await fetch(form.dataset.sync, { headers: { Accept: "application/json" }, redirect: "error" });
  return (await answer.json()).running;
}

async function wait(seconds) {
  for (let second = 0; second < PATIENCE; second += seconds) {
    await new Promise((done) => setTimeout(done, seconds * 1000));
    try {
      if (!(await running())) return location.reload();
    } catch {
      return; // signed out, or the server is away: the page stays as it is
    }
  }
}

if (form && "running" in form.dataset) wait(1);
