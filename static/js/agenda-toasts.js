// What just happened, at the foot of the page, with Undo where there is one. Gone after a while, but not while looked at.
import { word } from "./agenda-words.js";

const STAYS = 9000; // ms
const place = document.querySelector("#toasts");

export function toast({ sentence, level = "success", undo = null }) {
  const box = document.createElement("div");
  box.className = `toast ${level}`;
  const said = document.createElement("span");
  said.textContent = sentence;
  box.append(said);
  if (undo) box.append(button(word("undo"), "button", () => takeBack(undo, box)));
  const close = button("×", "icon-button", () => box.remove());
  close.setAttribute("aria-label", word("dismiss"));
  box.append(close);
  place.append(box);
  while (place.children.length > 3) place.firstElementChild.remove();
  leaveSoon(box);
}

// What the page before has to say joins them.
export function gather() {
  for (const said of document.querySelectorAll(".messages > *")) {
    toast({ sentence: said.textContent, level: said.matches(".error, .warning") ? "danger" : "success" });
  }
  document.querySelector(".messages")?.remove();
}

function button(words, classes, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = classes;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function leaveSoon(box) {
  const leave = () => (box.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : box.remove());
  setTimeout(leave, STAYS);
}

function takeBack(undo, box) {
  box.remove();
  document.body.dispatchEvent(new CustomEvent("agenda:undo", { detail: undo }));
}
