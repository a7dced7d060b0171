// The chosen theme shows at once; the form tells the server, who draws the next page in it.
const root = document.documentElement;

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-theme-form] button[name=theme]");
  if (!chosen) return;
  if (chosen.value === "system") delete root.dataset.theme;
  else root.dataset.theme = chosen.value;
  for (const one of chosen.form.elements) if (one.name === "theme") one.setAttribute("aria-pressed", one === chosen);
});
