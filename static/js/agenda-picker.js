// Choosing whose agenda is shown needs no button where there are scripts.
const form = document.querySelector("[data-picker]");
form?.querySelector("[data-picker-button]").remove();
form?.addEventListener("change", () => form.requestSubmit());
