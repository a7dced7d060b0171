// The menu of an entry or of free time: right-click, long press, Shift+F10, the menu key, or the entry's "…" button.
import { open } from "./agenda-dialog.js";

const menu = document.querySelector("#context-menu");
const offers = document.querySelector("#menu-offers").content;
let before = null;

// What an offer needs of a row. Calls end with an outcome, all else is simply done.
const MEETS = {
  convertible: (row) => ({ shown: true, why: row.refusal }),
  single: (row) => ({ shown: !row.repeats }),
  editable: (row) => ({ shown: row.editable }),
  readable: (row) => ({ shown: !row.editable }),
  movable: (row) => ({ shown: row.movable }),
  open: (row) => ({ shown: row.editable && !row.done && row.kind !== "call" }),
  openCall: (row) => ({ shown: row.editable && !row.done && row.kind === "call" }),
  leavable: (row) => ({ shown: row.leavable }),
  done: (row) => ({ shown: row.editable && row.done }),
  privateAgain: (row) => ({ shown: row.privateAgain }),
};

export function ofRow(row, point) {
  const items = offered(row.kind === "block" ? "block" : "activity", (needs) => MEETS[needs](row));
  show(items, point, (item) => act(item, row.href));
}

export function ofSlot(address, point) {
  show(offered("slot"), point, (item) => open(address(item.dataset.path)));
}

function offered(kind, asks = () => ({ shown: true })) {
  const items = [];
  let said = "";
  for (const offer of offers.querySelectorAll(`[data-for=${kind}]`)) {
    const { shown, why } = offer.dataset.needs ? asks(offer.dataset.needs) : { shown: true };
    if (shown) items.push(item(offer, why, why === said));
    said = why;
  }
  return items;
}

// What is refused stays in the menu, with the reason: who looks for it learns why. Said once to eyes, each time to ears.
function item(offer, why, again) {
  const made = offer.cloneNode(true);
  if (!why) return made;
  made.setAttribute("aria-disabled", "true");
  const reason = document.createElement("small");
  reason.textContent = why;
  if (again) reason.className = "visually-hidden";
  made.querySelector("span").append(reason);
  return made;
}

function act(item, href) {
  const { path, post, outcome = "", focus } = item.dataset;
  const address = href + path;
  if (!post) return open(address, focus);
  htmx.ajax("POST", address, { values: { [post]: "1", outcome }, swap: "none" });
}

function show(items, point, chosen) {
  if (!menu.matches(":popover-open")) before = document.activeElement;
  menu.replaceChildren(...items);
  menu.onclick = (event) => {
    const item = event.target.closest("[role=menuitem]");
    if (!item || item.getAttribute("aria-disabled")) return;
    close();
    chosen(item);
  };
  menu.showPopover();
  place(point);
  items[0]?.focus();
}

export function hide() {
  if (menu.matches(":popover-open")) menu.hidePopover();
}

// Hide it and give the focus back.
function close() {
  hide();
  if (before?.isConnected) before.focus();
}

// Not the browser's own "light dismiss": that would close the menu when the finger that opened it is lifted.
document.addEventListener("pointerdown", ({ target }) => menu.contains(target) || hide());
addEventListener("resize", hide);

function place({ x, y }) {
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, y + height > innerHeight - 8 ? Math.max(8, innerHeight - height - 8) : y)}px`;
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
menu.addEventListener("keydown", (event) => {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  if (event.key in STEPS) items[(at + STEPS[event.key] + items.length) % items.length].focus();
  else if (event.key === "Home") items[0].focus();
  else if (event.key === "End") items.at(-1).focus();
  else if (event.key === "Tab" || event.key === "Escape") close();
  else return;
  event.preventDefault();
});

// Where a menu asked for belongs: at the pointer, or at the thing that has the focus.
export function pointOf(event) {
  const box = event.target.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && (event.clientX || event.clientY);
  return event.pointerType || inside ? { x: event.clientX, y: event.clientY } : { x: box.left + 8, y: box.bottom + 4 };
}
