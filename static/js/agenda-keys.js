// Single keys, as long as nothing is being typed and no dialog or menu is open.
const typing = (target) => target.closest("input, select, textarea, [contenteditable], [role=menu], dialog");

export function listen(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key.startsWith("Arrow") && event.target.closest("details[open]")) return;
    const act = acts[event.key];
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  });
}
