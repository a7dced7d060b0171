// A <details data-menu> closes on Escape (focus goes back to its summary), on a click outside and when focus leaves.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  const summary = menu.querySelector("summary");

  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      summary.focus();
    }
  });

  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });

  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}
