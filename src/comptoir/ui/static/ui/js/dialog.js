/* Dialogs: `<a href="#refund" data-dialog>` opens <dialog id="refund"> as a modal one; [data-dialog-close] closes it. */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("a[data-dialog]");
  if (opener) {
    const dialog = document.querySelector(opener.hash);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  } else if (event.target.closest("[data-dialog-close]")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  } else if (event.target.matches("dialog[open]") && outside(event, event.target)) {
    event.target.close();
  }
});

function outside({ clientX, clientY }, dialog) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
