// While the credentials are tried, say what is going on. The form is sent as ever: without this, only the words are
// missing. After a refusal the advice takes the focus, so that it is read.
const form = document.querySelector("form[data-credentials-test]");
const BUTTONS = "button:not([form])"; // Cancel belongs to a form of its own
const MOMENTS = [0, 900, 2600]; // milliseconds after which a stage most likely has begun

function begin() {
  const stages = [...form.querySelectorAll("[data-stage]")];
  const words = form.querySelector("[data-stage-words]");
  form.querySelector("[data-stages]").hidden = false;
  setTimeout(disable); // not at once: what a disabled button says would not be sent
  stages.forEach((stage, number) => {
    setTimeout(() => {
      for (const earlier of stages.slice(0, number)) earlier.className = "is-passed";
      stage.className = "is-current";
      words.textContent = stage.textContent;
    }, MOMENTS[number]);
  });
}

function disable() {
  for (const button of form.querySelectorAll(BUTTONS)) button.disabled = true;
}

function reset() {
  form.querySelector("[data-stages]").hidden = true;
  for (const stage of form.querySelectorAll("[data-stage]")) stage.className = "";
  for (const button of form.querySelectorAll(BUTTONS)) button.disabled = false;
}

if (form) {
  form.addEventListener("submit", begin);
  addEventListener("pageshow", (event) => event.persisted && reset());
  document.querySelector("[data-advice]")?.focus();
}
