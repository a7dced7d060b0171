// The end keeps its distance when the start is moved in a form.
let distance = NaN; // milliseconds between start and end, as they were when the start got the focus

const isStart = ({ name, form }) => ["start_date", "start_time"].includes(name) && "end_date" in form.elements;
const isWhole = ({ elements }) => !elements.start_time?.value === !elements.end_time?.value;

function moment({ elements }, which) {
  const [day, time] = [elements[`${which}_date`].value, elements[`${which}_time`]?.value];
  return Date.parse(`${day}T${time || "00:00"}Z`); // the clock on the wall: a zone would move it
}

function putEnd({ end_date, end_time }, [day, time]) {
  end_date.value = day;
  if (end_time?.value) end_time.value = time.slice(0, 5);
}

document.addEventListener("focusin", ({ target }) => {
  if (isStart(target)) distance = isWhole(target.form) ? moment(target.form, "end") - moment(target.form, "start") : NaN;
});

document.addEventListener("input", ({ target }) => {
  if (!isStart(target) || !isWhole(target.form)) return;
  const end = moment(target.form, "start") + distance;
  if (distance >= 0 && Number.isFinite(end)) putEnd(target.form.elements, new Date(end).toISOString().split("T"));
});
