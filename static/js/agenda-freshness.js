// While the page is looked at, the calendars behind it are looked at too, every 90 seconds; what that brought is drawn.
import { isUnderWay, redraw } from "./agenda-moving.js";
import { Away, post } from "./agenda-server.js";
import { data } from "./agenda-words.js";

const AGAIN = 90_000; // ms
const ARRIVES = 4_000; // ms: a look takes a second or two

const frame = document.querySelector("#calendar-frame");
const quietly = () => document.visibilityState === "visible" && !isUnderWay() && redraw();

async function look() {
  if (document.visibilityState !== "visible") return;
  try {
    await post(`${frame.dataset.look}?${new URLSearchParams({ of: data.of })}`, {});
  } catch (failure) {
    if (!(failure instanceof Away)) throw failure;
  }
  setTimeout(quietly, ARRIVES);
}

setTimeout(quietly, ARRIVES); // opening the page was a look
setInterval(look, AGAIN);
document.addEventListener("visibilitychange", look);
