// The agenda as a calendar: FullCalendar draws, the server decides. Without scripts the list is shown instead.
import "./agenda-all-day.js";
import "./agenda-ends.js";
import "./agenda-freshness.js";
import "./agenda-people.js";
import { open } from "./agenda-dialog.js";
import { shows, some, whenChanged } from "./agenda-filters.js";
import { entitle, follow, newAddress, tellEmpty, whenSynced } from "./agenda-frame.js";
import { hide, ofRow, ofSlot, pointOf } from "./agenda-menu.js";
import { follow as followMonth } from "./agenda-month.js";
import { begin, isUnderWay, moved, redraw, rest, scheduled } from "./agenda-moving.js";
import { onLongPress } from "./agenda-press.js";
import { content, toEvent } from "./agenda-rows.js";
import { read } from "./agenda-server.js";
import { gather } from "./agenda-toasts.js";
import { data, word } from "./agenda-words.js";
import { listen } from "./keys.js";

const VIEWS = { day: "timeGridDay", week: "timeGridWeek", month: "dayGridMonth" };
const NAMES = Object.fromEntries(Object.entries(VIEWS).map(([name, type]) => [type, name]));
const CLOCK = { hour: "2-digit", minute: "2-digit", hour12: false };
const MORNING = "06:45:00"; // where the day begins to be seen

const frame = document.querySelector("#calendar-frame");
const trouble = document.querySelector("#trouble");
const side = document.querySelector("#to-plan");
const phone = matchMedia("(max-width: 640px)").matches;
const narrow = matchMedia("(max-width: 1199px)").matches;
const ids = new WeakMap(); // element → id of the row it shows
let first = data.first; // the rows that came with the page
let shown = []; // what was loaded last: better than nothing when loading fails
let refiltered = false; // the rows are there, only the filters are other ones

const calendar = new FullCalendar.Calendar(document.querySelector("#calendar"), {
  timeZone: data.zone,
  locale: data.words.locale,
  firstDay: 1,
  initialView: VIEWS[data.view] ?? (phone ? VIEWS.day : VIEWS.week),
  initialDate: data.date,
  headerToolbar: false,
  height: "100%",
  borderless: true,
  nowIndicator: true,
  navLinks: true,
  navLinkDayClick: (date) => calendar.changeView(VIEWS.day, date),
  navLinkHint: (said, date) => `${shortDay(date)}, ${said}`,
  dayHeaderContent: header,
  dayCellDidMount: ({ el }) => el.removeAttribute("aria-label"), // it would hide from ears what is in the cell
  scrollTime: MORNING,
  scrollTimeReset: false,
  slotDuration: "00:30:00",
  snapDuration: "00:15:00",
  slotHeaderInterval: "01:00:00",
  slotHeaderFormat: CLOCK,
  eventTimeFormat: CLOCK,
  dayHeaderFormat: { weekday: "short", day: "numeric" },
  titleFormat: { day: "numeric", month: narrow ? "short" : "long", year: "numeric" },
  allDayText: data.words.allDay,
  moreLinkClass: "more-link",
  moreLinkText: (count) => word("more", { count }),
  dayMaxEvents: true,
  eventMinHeight: 24,
  eventShortHeight: 44,
  slotEventOverlap: false,
  eventDisplay: "block",
  eventInteractive: false,
  forceEventDuration: true,
  defaultTimedEventDuration: "01:00:00",
  selectable: true,
  selectMirror: true,
  selectMinDistance: 6,
  longPressDelay: 400,
  droppable: true,
  views: {
    timeGridDay: { navLinks: false, dayHeaderFormat: { weekday: "long", day: "numeric" } },
    dayGridMonth: { dayHeaderFormat: { weekday: "short" }, fixedWeekCount: false, titleFormat: { month: "long", year: "numeric" } },
  },
  events: load,
  eventContent: content,
  eventDidMount: ({ el, event }) => ids.set(el, event.id),
  eventClick: clicked,
  eventDragStart: begin,
  eventResizeStart: begin,
  eventDragStop: rest,
  eventResizeStop: rest,
  eventDrop: moved,
  eventResize: moved,
  eventReceive: scheduled,
  select: ({ startStr, endStr }) => open(newAddress("meeting", { start: startStr, end: endStr })),
  datesSet,
  eventsSet: (events) => tellEmpty(inView(events).length, some()),
  loading: (busy) => frame.setAttribute("aria-busy", busy),
});

// --- days

function part(date, options) {
  return new Intl.DateTimeFormat(data.words.locale, { timeZone: data.zone, ...options }).format(date);
}

// What a day's header shows, in that order: what is heard must begin with what is seen.
const shortDay = (date) => `${part(date, { day: "numeric" })} ${part(date, { weekday: "short" })}`;

function header({ date, isToday, isNarrow, dayNumberText, weekdayText }) {
  if (!dayNumberText) return weekdayText;
  const number = Object.assign(document.createElement("span"), { className: "day-number", textContent: dayNumberText });
  const box = document.createElement("span");
  box.className = ["day-name", isToday && "is-today", isNarrow && "is-narrow"].filter(Boolean).join(" ");
  box.append(number, " ", isNarrow ? part(date, { weekday: "short" }) : weekdayText);
  return { domNodes: [box] };
}

// --- rows

async function load({ startStr, endStr }) {
  if (refiltered) {
    refiltered = false;
    return shown.filter(shows).map(toEvent);
  }
  const fits = first && new Date(first.start) <= new Date(startStr) && new Date(endStr) <= new Date(first.end);
  const given = fits && first.rows;
  first = null;
  try {
    const query = new URLSearchParams({ start: startStr, end: endStr, of: data.of });
    shown = given || (await read(`${frame.dataset.rows}?${query}`)).rows;
    trouble.hidden = true;
  } catch (failure) {
    trouble.querySelector("[data-sentence]").textContent = word(failure.message === "gone" ? "gone" : "notLoaded");
    trouble.hidden = false;
  }
  return shown.filter(shows).map(toEvent);
}

function inView(events) {
  const { activeStart, activeEnd } = calendar.view;
  return events.filter((event) => event.start < activeEnd && event.end > activeStart);
}

document.body.addEventListener("agenda:redraw", () => calendar.refetchEvents());
document.body.addEventListener("agenda:done", redraw);
trouble.querySelector("[data-again]").addEventListener("click", redraw);
whenSynced(redraw);
whenChanged(() => ((refiltered = true), calendar.refetchEvents()));

// --- where we are

function datesSet({ view, startStr }) {
  const name = NAMES[view.type];
  const date = calendar.formatIso(calendar.getDate(), true);
  const iso = (moment) => calendar.formatIso(moment, true);
  entitle(view, name, name === "month" ? date : startStr);
  followMonth(date, iso(view.currentStart), iso(view.currentEnd), follow(name, date));
}

const go = {
  today: () => calendar.today(),
  prev: () => calendar.prev(),
  next: () => calendar.next(),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-nav], [data-view], #month [data-day]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const { nav, view, day } = link.dataset;
  event.preventDefault();
  if (nav) go[nav]();
  else if (view) calendar.changeView(VIEWS[view]);
  else goTo(day);
});

// What the search found opens in the dialog; behind it the agenda goes to its day, where it is on this agenda.
document.addEventListener("click", (event) => {
  const { day, of } = event.target.closest(".hit")?.dataset ?? {};
  if (day && of === data.of) goTo(day);
});

function goTo(day) {
  document.querySelector("#sidebar:popover-open")?.hidePopover();
  calendar.gotoDate(day);
}

// --- planning

frame.addEventListener("dblclick", (event) => {
  const when = !event.target.closest(".agenda-row, a, [role=link]") && timeAt(event);
  if (when) open(newAddress("meeting", when));
});

const today = () => calendar.formatIso(calendar.getDate(), true);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-new]");
  if (link) link.href = newAddress(link.dataset.new, { date: today() });
}, true);

if (side) {
  new FullCalendar.Interaction.Draggable(side, {
    itemSelector: "[data-task]",
    eventData: (item) => ({
      title: item.querySelector("a").textContent,
      duration: { minutes: Number(item.dataset.minutes) },
      className: "agenda-row kind-task",
      extendedProps: {
        row: {
          kind: "task",
          title: item.querySelector("a").textContent,
          href: item.querySelector("a").getAttribute("href"),
          revision: item.dataset.revision,
        },
      },
    }),
  });
}

// --- entries

document.addEventListener("click", (event) => isUnderWay() && (event.preventDefault(), event.stopPropagation()), true);

function clicked({ event, jsEvent }) {
  const { row } = event.extendedProps;
  if (row.href && !jsEvent.target.closest("a, button")) open(row.href);
}

function rowAt(target) {
  const id = ids.get(target.closest?.(".agenda-row"));
  return id ? calendar.getEventById(id)?.extendedProps.row : null;
}

document.addEventListener("contextmenu", (event) => {
  const row = rowAt(event.target);
  if (row?.href) {
    event.preventDefault();
    ofRow(row, pointOf(event));
  } else if (!row && frame.contains(event.target) && event.pointerType !== "touch") {
    const when = timeAt(event);
    if (!when) return;
    event.preventDefault();
    ofSlot((kind) => newAddress(kind, when), pointOf(event));
  }
});

function held(target) {
  const row = rowAt(target);
  return row?.href ? row : null;
}

onLongPress(held, (row, { clientX, clientY }) => ofRow(row, { x: clientX, y: clientY + 8 }), hide);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-actions]");
  const row = button && rowAt(button);
  if (!row) return;
  const { left, bottom } = button.getBoundingClientRect();
  ofRow(row, { x: left, y: bottom + 4 });
});

// The day and, in a grid of times, the time under the pointer. A day of the month says no time: the form proposes one.
function timeAt({ clientX, clientY }) {
  const under = document.elementsFromPoint(clientX, clientY);
  const said = (name) => under.map((one) => one.closest(`[data-${name}]`)).find(Boolean)?.dataset[name];
  const [day, time] = [said("date"), said("time")];
  if (!day) return null;
  if (calendar.view.type === VIEWS.month) return { date: day };
  return { start: time ? `${day}T${time}` : day };
}

// --- keys

listen({
  c: () => open(newAddress("meeting", { date: today() })),
  t: go.today,
  d: () => calendar.changeView(VIEWS.day),
  w: () => calendar.changeView(VIEWS.week),
  m: () => calendar.changeView(VIEWS.month),
  j: go.next,
  k: go.prev,
  ArrowRight: go.next,
  ArrowLeft: go.prev,
  s: () => document.querySelector("#sync-now")?.click(),
  "?": showKeys,
});

function showKeys() {
  document.querySelector("#sidebar:popover-open")?.hidePopover();
  document.querySelector("#keys").showModal();
}

for (const button of document.querySelectorAll("[data-open-keys]")) {
  button.hidden = false;
  button.addEventListener("click", showKeys);
}

calendar.render();
requestAnimationFrame(() => requestAnimationFrame(() => calendar.scrollToTime(MORNING))); // a phone's rows shrink late
gather();
