/* Single keys at the desk: `data-key="e"` on a link presses it, on a field or a part goes there; j and k walk [data-key-row].

They rest while something is typed, with Ctrl, Alt or Meta, and in dialogs. Who does not want them (a screen reader or
dictation may send such keys by itself) switches them off in their list, which this browser remembers. */

const SWITCH = "desk-keys";
const TYPING = "input:not([type=checkbox], [type=radio], [type=hidden]), textarea, select, [contenteditable]";
const list = document.getElementById("keys");

const areOn = () => localStorage.getItem(SWITCH) !== "off";

function walk(step) {
  const rows = [...document.querySelectorAll("[data-key-row]")];
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? rows[step > 0 ? 0 : rows.length - 1] : rows[here + step];
  next?.focus();
}

function go(key) {
  const wanted = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!wanted) return false;
  if (wanted.matches("a")) {
    wanted.click();
    return true;
  }
  const field = wanted.matches(TYPING) ? wanted : wanted.querySelector(TYPING) || wanted.querySelector("button") || wanted;
  field.focus();
  field.scrollIntoView({ block: "center" });
  return true;
}

function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (!areOn() || document.querySelector("dialog[open]") || event.target.closest(TYPING)) return;
  if (event.key === "?") list.showModal();
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key.length !== 1 || !go(event.key)) return;
  event.preventDefault();
}

if (list) {
  document.addEventListener("keydown", press);
  document.querySelectorAll("[data-keys-opener]").forEach((opener) => (opener.hidden = false));
  const box = list.querySelector("[data-keys-switch]");
  box.checked = areOn();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
}
