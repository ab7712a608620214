/* One key for what a button or link does: data-key="s". Not while typing, not with other keys held. */
addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || e.target.closest?.("input:not([type=radio]),select,textarea")) return;
  const found = /^[a-z]$/.test(e.key) && document.querySelector(`[data-key="${e.key}"]`);
  if (found) { e.preventDefault(); found.click(); }
});
