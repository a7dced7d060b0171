// The small month: arrows walk through its days, of which one is in the tab order. `follow` lets it go along with the
// calendar beside it.
const place = () => document.querySelector("#month");
const days = () => [...place().querySelectorAll("[data-day]")];
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 };

function reach(day) {
  for (const one of days()) one.tabIndex = one === day ? 0 : -1;
}

function begin() {
  const all = days();
  place().querySelector("table").dataset.arrows = "";
  reach(all.find((one) => one.closest(".is-shown")) ?? all.find((one) => one.ariaCurrent) ?? all[0]);
}

document.addEventListener("keydown", (event) => {
  const day = event.target.closest?.("#month [data-day]");
  if (!day || !(event.key in STEPS)) return;
  const all = days();
  const next = all[all.indexOf(day) + STEPS[event.key]];
  if (next) reach(next), next.focus();
  event.preventDefault();
});

document.body.addEventListener("htmx:afterSettle", (event) => event.target.id === "month" && begin());
if (place()) begin();

// Mark the days between two dates (the last exclusive), and show their month. `query`: what the days' links carry.
export function follow(date, first, after, query) {
  const month = date.slice(0, 7);
  if (month !== place().dataset.month) {
    htmx.ajax("GET", `${place().dataset.url}?${query}&month=${date}`, { target: "#month", swap: "outerHTML" });
    return;
  }
  for (const day of days()) {
    const { day: own } = day.dataset;
    day.parentElement.classList.toggle("is-shown", first <= own && own < after);
    const address = new URL(day.href);
    address.search = `${query.replace(/date=[^&]*/, `date=${own}`)}`;
    day.href = address;
  }
}
