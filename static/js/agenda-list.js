// The list: what is ticked off is not shown, and a sync that brought something shows the week anew.
import "./agenda-month.js";
import "./agenda-people.js";
import { shows, whenChanged } from "./agenda-filters.js";

function draw() {
  for (const entry of document.querySelectorAll("[data-kind]")) {
    entry.hidden = !shows({ kind: entry.dataset.kind, calendar: entry.dataset.of });
  }
}

whenChanged(draw);
draw();

let known = document.querySelector("#sync")?.dataset.success;
document.body.addEventListener("htmx:afterSettle", () => {
  const sync = document.querySelector("#sync");
  if (sync && !sync.classList.contains("is-running") && sync.dataset.success !== known) location.reload();
});
