// A <form data-send-once="Starting…"> is sent once: its main button says so and waits.
for (const form of document.querySelectorAll("form[data-send-once]")) {
  const button = form.querySelector("button.primary, button.danger");
  const words = button.textContent;

  form.addEventListener("submit", (event) => {
    if (button.disabled) return event.preventDefault();
    button.disabled = true;
    button.textContent = form.dataset.sendOnce;
  });

  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    button.disabled = false;
    button.textContent = words;
  });
}
