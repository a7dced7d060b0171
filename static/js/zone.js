// A <select data-guess-zone> starts at the browser's own time zone when the list has it.
const select = document.querySelector("select[data-guess-zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select && select.value === "UTC" && [...select.options].some((option) => option.value === zone)) {
  select.value = zone;
}
