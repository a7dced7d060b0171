// The search box: "/" goes to it, what is found hangs below it while one types, and arrows walk through that.
import { listen } from "./keys.js";

const PATIENCE = 2000; // ms after which a word is due
const box = document.querySelector("[data-search]");
const input = box?.querySelector("input");
const found = box?.querySelector("#search-found");
let patience = null;

const links = () => [...found.querySelectorAll("a")];

function show() {
  clearTimeout(patience);
  found.hidden = !found.textContent.trim();
}

function hide() {
  clearTimeout(patience);
  found.hidden = true;
}

function say(words) {
  found.replaceChildren(Object.assign(document.createElement("p"), { className: "hits-none muted", textContent: words }));
  show();
}

function step(key) {
  const all = [input, ...links()];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: at && 1, End: at && all.length - 1 }[key] ?? -1;
  if (to < 0 || to >= all.length || to === at) return false;
  all[to].focus();
  return true;
}

function pressed(event) {
  if (event.key === "Escape" && !found.hidden) {
    hide();
    input.focus();
    event.preventDefault();
  } else if (!found.hidden && step(event.key)) event.preventDefault();
}

if (box) {
  listen({ "/": () => (input.offsetParent ? input.select() : box.nextElementSibling.click()) });
  box.addEventListener("keydown", pressed);
  input.addEventListener("focus", show);
  input.addEventListener("input", () => {
    clearTimeout(patience);
    if (!input.value.trim()) found.replaceChildren(), hide();
    else patience = setTimeout(say, PATIENCE, found.dataset.wait);
  });
  found.addEventListener("htmx:afterSwap", show);
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    box.addEventListener(failure, () => say(found.dataset.away));
  }
  found.addEventListener("click", (event) => event.target.closest("a") && setTimeout(hide));
  box.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !box.contains(relatedTarget) && hide());
  document.addEventListener("pointerdown", ({ target }) => box.contains(target) || hide());
}
