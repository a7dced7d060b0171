// Ticking "All day" puts the times of day out of use.
const tick = document.querySelector("input[name=all_day]");
const times = document.querySelectorAll("input[name=start_time], input[name=end_time]");

function follow() {
  for (const time of times) time.disabled = tick.checked;
}

if (tick) {
  tick.addEventListener("change", follow);
  follow();
}
