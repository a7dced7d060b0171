// Single keys, as long as nothing is being typed and no dialog or menu is open. Who switched single letters off in the
// profile keeps the others, such as arrows (WCAG 2.1.4).
const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], [role=menu], dialog");
const letters = document.body.dataset.keys !== "off";

export function listen(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key.startsWith("Arrow") && event.target.closest("details[open], [data-arrows]")) return;
    const act = acts[event.key];
    if (!act || (event.key.length === 1 && !letters) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  });
}
