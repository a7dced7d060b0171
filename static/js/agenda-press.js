// A long press of a finger, for browsers that make no contextmenu of it (Safari on a phone). Who goes on to move the
// finger wants to drag: `close` takes back what `open` opened.
const LONG = 500; // ms
const SHAKES = 10; // px that a finger may move and still rest
const LIFTED = 400; // ms in which lifting the finger may still be told as a click

// `find` is asked at once what lies under the finger: when the time is up the calendar may have drawn it anew.
export function onLongPress(find, open, close) {
  let timer = null;
  let from = null;
  let opened = false;
  const stop = () => clearTimeout(timer);

  function begin(event) {
    stop();
    opened = false;
    from = event.pointerType === "touch" && event.isPrimary ? event : null;
    const thing = from && find(event.target);
    if (thing) timer = setTimeout(() => ((opened = true), open(thing, event)), LONG);
  }

  function move(event) {
    if (!from || Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) <= SHAKES) return;
    stop();
    if (opened) close();
    from = null;
  }

  function end({ type }) {
    stop();
    if (opened && type === "pointercancel") close();
    from = null;
    setTimeout(() => (opened = false), LIFTED);
  }

  // Nothing happens twice: neither the browser's own long press, nor a tap on what the finger rested on.
  function swallow(event) {
    if (event.type === "contextmenu") stop();
    if (!opened) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end);
  for (const name of ["contextmenu", "click"]) document.addEventListener(name, swallow, true);
}
