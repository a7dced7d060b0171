// Finding one of many colleagues: the list shrinks to the names that hold what is typed.
const input = document.querySelector("[data-people]");

input?.addEventListener("input", () => {
  const wanted = input.value.trim().toLocaleLowerCase();
  for (const one of document.querySelectorAll(".people li")) {
    one.hidden = !one.textContent.toLocaleLowerCase().includes(wanted);
  }
});
