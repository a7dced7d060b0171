// Rows of the server as events of the calendar, and how one is drawn.
import { word } from "./agenda-words.js";

const ICONS = document.querySelector("meta[name=icons]").content;
const KIND_ICONS = { meeting: "users", call: "phone", task: "square-check", block: "lock" };

export function toEvent(row) {
  const { id, title, start, end, allDay = false, movable = false } = row;
  return { id, title, start, end, allDay, editable: movable, className: classes(row), extendedProps: { row } };
}

function classes(row) {
  const found = ["agenda-row", `kind-${row.kind}`];
  if (row.busy !== "busy") found.push(`is-${row.busy}`);
  if (row.done) found.push("is-done");
  if (row.href) found.push("is-mine");
  return found.join(" ");
}

export function icon(name, looks = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${looks}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

function element(name, classes, ...inside) {
  const made = document.createElement(name);
  made.className = classes;
  made.append(...inside);
  return made;
}

// What the eye gets from colour, hatching and strike-through, for ears.
function unseen(row) {
  const said = [row.kind === "block" && !row.mine ? word("busy") : word(row.kind)];
  for (const mark of ["done", "repeats"]) if (row[mark]) said.push(word(mark));
  if (row.busy === "tentative" || row.busy === "free") said.push(word(row.busy));
  if (row.link) said.push(word(row.link));
  return element("span", "visually-hidden", `${said.join(", ")}: `);
}

function title(row) {
  if (!row.href) return element("span", "row-title", unseen(row), row.title);
  const link = element("a", "row-title", unseen(row), row.title);
  link.href = row.href;
  link.draggable = false;
  link.dataset.dialog = "";
  return link;
}

export function content({ event, timeText, isShort, isNarrow, view }) {
  const { row } = event.extendedProps;
  if (!row) return timeText; // what is being drawn just now
  const month = view.type === "dayGridMonth";
  const line = isShort || row.allDay || month;
  const head = element("span", "row-head", icon(KIND_ICONS[row.kind]), title(row), ...marks(row));
  const time = timeText && !row.allDay && !isShort ? [element("span", "row-time", timeText)] : [];
  const place = [row.place, row.kind !== "call" && row.customer].filter(Boolean).join(" · ");
  const more = place && !line ? [element("span", "row-place", place)] : [];
  const looks = ["row-inside", line && "is-line", isNarrow && "is-narrow", month && "is-month"].filter(Boolean).join(" ");
  const inside = element("div", looks, head, ...time, ...more);
  return { domNodes: row.href ? [inside, actions(row)] : [inside] };
}

function marks(row) {
  const stuck = row.link === "stuck" || row.link === "held";
  return [...(stuck ? [icon("refresh-alert")] : []), ...(row.repeats ? [icon("repeat", "is-repeats")] : [])];
}

// For pointers: the keyboard has Shift+F10 and the menu key.
function actions(row) {
  const button = element("button", "row-actions", icon("dots"));
  button.type = "button";
  button.tabIndex = -1;
  button.dataset.actions = "";
  button.setAttribute("aria-label", word("actions", { title: row.title }));
  return button;
}
