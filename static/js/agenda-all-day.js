// Ticking "All day" puts the times of day out of use, on pages and in the dialog.
function follow(tick) {
  for (const time of tick.form.querySelectorAll("input[name=start_time], input[name=end_time]")) {
    time.disabled = tick.checked;
  }
}

const tickIn = (place) => place.querySelector?.("input[name=all_day]");

document.addEventListener("change", (event) => event.target.name === "all_day" && follow(event.target));
document.addEventListener("htmx:load", (event) => tickIn(event.target) && follow(tickIn(event.target)));
if (tickIn(document)) follow(tickIn(document));
