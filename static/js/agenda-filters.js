// What is ticked off beside the agenda is not shown, and stays so: this browser remembers it until one signs out.
const KEPT = "halfpast.hidden";
const ticks = [...document.querySelectorAll("[data-filter]")];

function kept() {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEPT)) ?? []);
  } catch {
    return new Set(); // no storage, or something else in it
  }
}

function keep(hidden) {
  try {
    localStorage.setItem(KEPT, JSON.stringify([...hidden]));
  } catch {
    // not remembered, but done
  }
}

const hidden = kept();
for (const tick of ticks) tick.checked = !hidden.has(tick.dataset.filter);

const off = () => ticks.filter((tick) => !tick.checked);

// Return whether a row of this kind, of this calendar where it is private, is shown.
export const shows = ({ kind, calendar }) =>
  !off().some((tick) => tick.dataset.filter === kind || (kind === "block" && calendar && tick.dataset.calendar === calendar));

export const some = () => off().length > 0;

export function whenChanged(redraw) {
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset.filter) return;
    if (target.checked) hidden.delete(target.dataset.filter);
    else hidden.add(target.dataset.filter);
    keep(hidden);
    redraw();
  });
}
