// The one dialog of the page. A link with data-dialog opens in it what its address shows as a page elsewhere.
import { toast } from "./agenda-toasts.js";
import { word } from "./agenda-words.js";

const dialog = document.querySelector("#dialog");
const body = document.querySelector("#dialog-body");
let before = null; // what had the focus, and gets it back
let wanted = ""; // a field to start in

export function open(address, field = "") {
  before = document.activeElement;
  wanted = field;
  htmx.ajax("GET", address, { target: body, swap: "innerHTML" });
}

const START = "[autofocus], form input:not([type=hidden], [type=checkbox])";
const first = (selector) => body.querySelector(selector);

function show() {
  if (!dialog.open) dialog.showModal();
  const field = wanted && body.querySelector(`[name="${CSS.escape(wanted)}"]`);
  (field || first("[aria-invalid=true]") || first(START) || first("#dialog-title")).focus();
  wanted = "";
}

function close() {
  for (const one of document.querySelectorAll("dialog[open]")) one.close();
}

dialog.addEventListener("close", () => {
  body.replaceChildren();
  if (before?.isConnected) before.focus();
});

body.addEventListener("htmx:afterSwap", show);

for (const box of document.querySelectorAll("dialog")) {
  let pressed = false; // a press that begins inside and ends outside is a selection of text, not a wish to leave
  box.addEventListener("pointerdown", (event) => (pressed = event.target === box));
  box.addEventListener("click", (event) => event.target === box && pressed && box.close());
}

document.addEventListener("click", (event) => {
  if (event.target.closest("dialog [data-close]")) {
    event.preventDefault();
    close();
    return;
  }
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("details[data-menu]")?.removeAttribute("open");
  open(link.getAttribute("href"));
});

document.body.addEventListener("agenda:done", (event) => {
  close();
  toast(event.detail);
});

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(failure, (event) => {
    if (event.detail.elt?.id === "sync") return;
    const missing = event.detail.xhr?.status === 404; // deleted or converted since the page was drawn
    toast({ sentence: word(missing ? "notThere" : "away"), level: "danger" });
    if (missing) document.body.dispatchEvent(new CustomEvent("agenda:redraw"));
  });
}
