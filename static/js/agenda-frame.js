// What stands around the calendar: title, links, address, sync, empty and troubled states.
import { data, word } from "./agenda-words.js";

const frame = document.querySelector("#calendar-frame");
const nothing = document.querySelector("#nothing");
const own = matchMedia("(hover: none)").matches ? "emptyPhone" : "empty";

// The ISO week's number of a date.
function week(text) {
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  return Math.ceil(((day - Date.UTC(day.getUTCFullYear(), 0, 1)) / 864e5 + 1) / 7);
}

export function entitle(view, name, start) {
  const title = document.querySelector("[data-title]");
  title.querySelector("strong").textContent = view.title;
  let number = title.querySelector("span");
  if (!number) title.append(" ", (number = Object.assign(document.createElement("span"), { className: "muted nowrap small" })));
  number.textContent = name === "month" ? "" : word("week", { number: week(start) });
}

// Let every link beside and above lead to what is shown now, and the address name it.
export function follow(name, date) {
  const of = data.of ? `&of=${data.of}` : "";
  for (const link of document.querySelectorAll("[data-view], [data-list]")) {
    link.href = `?view=${link.dataset.view ?? "list"}&date=${date}${of}`;
    if (link.dataset.view === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const link of document.querySelectorAll(".people [data-of], .whose [data-of]")) {
    link.href = `?view=${name}&date=${date}${link.dataset.of && `&of=${link.dataset.of}`}`;
  }
  const query = `view=${name}&date=${date}${of}`;
  history.replaceState(null, "", `?${query}`);
  return query;
}

export function tellEmpty(count, filtered) {
  nothing.hidden = count > 0;
  nothing.textContent = word(filtered ? "filtered" : "own" in frame.dataset ? own : "emptyOther");
}

// Call back whenever a sync has ended that changed what is known.
export function whenSynced(redraw) {
  let known = document.querySelector("#sync").dataset.success;
  document.body.addEventListener("htmx:afterSettle", () => {
    const { success } = document.querySelector("#sync").dataset;
    if (success === known || document.querySelector("#sync.is-running")) return;
    known = success;
    redraw();
  });
}

// The address of the form for something new.
export function newAddress(kind, when) {
  const query = new URLSearchParams({ ...(data.of && { of: data.of }), ...when });
  return `${frame.dataset.new.replace("meeting", kind)}?${query}`;
}
