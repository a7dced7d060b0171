// Dragging and stretching: the server is asked with the revision that was looked at; refused is put back, and said.
import { Away, post } from "./agenda-server.js";
import { toast } from "./agenda-toasts.js";
import { word } from "./agenda-words.js";

let under = false; // a drag is under way, or has only just ended: its click is none
export const isUnderWay = () => under;
export const begin = () => (under = true);
export const rest = () => setTimeout(() => (under = false), 50);

export const redraw = () => document.body.dispatchEvent(new CustomEvent("agenda:redraw"));

export async function moved({ event, revert }) {
  const { row } = event.extendedProps;
  await give(row.href, { start: event.startStr, end: event.endStr, revision: row.revision }, revert);
}

// A task from the list "To plan" was dropped on a time.
export async function scheduled({ event }) {
  const { row } = event.extendedProps;
  await give(row.href, { start: event.startStr, end: event.endStr, revision: row.revision }, () => {});
  event.remove();
}

async function give(href, fields, revert) {
  try {
    const said = await post(`${href}time/`, fields);
    if (said.refused) {
      revert();
      toast({ sentence: `${said.refused} ${word("putBack")}`, level: "danger" });
    } else toast(said);
  } catch (failure) {
    revert();
    tell(failure);
  }
  redraw();
}

function tell(failure) {
  if (!(failure instanceof Away)) throw failure;
  toast({ sentence: word(failure.message), level: "danger" });
}

// Undo of a move carries the revision that the move made; everything else is a plain POST that says itself what it did.
document.body.addEventListener("agenda:undo", async ({ detail: { url, fields } }) => {
  if (!("revision" in fields)) {
    htmx.ajax("POST", url, { values: fields, swap: "none" });
    return;
  }
  try {
    const { refused } = await post(url, fields);
    toast(refused ? { sentence: refused, level: "danger" } : { sentence: word("undone") });
  } catch (failure) {
    tell(failure);
  }
  redraw();
});
