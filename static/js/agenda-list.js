// The list: choosing a colleague shows his week at once, and a sync that brought something shows the week anew.
import "./agenda-picker.js";

let known = document.querySelector("#sync")?.dataset.success;
document.body.addEventListener("htmx:afterSettle", () => {
  const sync = document.querySelector("#sync");
  if (sync && !sync.classList.contains("is-running") && sync.dataset.success !== known) location.reload();
});
