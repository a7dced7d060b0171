// While the credentials are tried, say what is going on. The form is sent as ever: without this, only the words are
// missing. After a refusal the advice takes the focus, so that it is read.
const form = document.querySelector("form[data-credentials-test]");
const MOMENTS = [0, 900, 2600]; // milliseconds after which a stage most likely has begun

function begin() {
  const stages = [...form.querySelectorAll("[data-stage]")];
  const words = form.querySelector("[data-stage-words]");
  form.querySelector("[data-stages]").hidden = false;
  for (const button of form.querySelectorAll("button.primary")) button.disabled = true;
  stages.forEach((stage, number) => {
    setTimeout(() => {
      for (const earlier of stages.slice(0, number)) earlier.className = "is-passed";
      stage.className = "is-current";
      words.textContent = stage.textContent;
    }, MOMENTS[number]);
  });
}

function reset() {
  form.querySelector("[data-stages]").hidden = true;
  for (const stage of form.querySelectorAll("[data-stage]")) stage.className = "";
  for (const button of form.querySelectorAll("button.primary")) button.disabled = false;
}

if (form) {
  form.addEventListener("submit", begin);
  addEventListener("pageshow", (event) => event.persisted && reset());
  document.querySelector("[data-advice]")?.focus();
}
