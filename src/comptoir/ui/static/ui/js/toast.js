/* Toasts: dismissed by their button; said anew by a `toast` event, {detail: {text, tone}}, from a script or an HX-Trigger header. */

const region = document.getElementById("toasts");

function say({ text, tone = "info" }) {
  const toast = document.createElement("div");
  toast.className = `toast late ${tone}`;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", region.dataset.close);
  close.textContent = "×";
  toast.append(words, close);
  region.querySelectorAll(".toast.late").forEach((earlier) => earlier.remove());
  region.append(toast);
  // What went wrong stays until it has been read.
  if (tone !== "error") setTimeout(() => toast.remove(), 6000);
}

if (region) {
  region.querySelectorAll("[data-toast-close]").forEach((button) => (button.hidden = false));
  region.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest(".toast").remove();
  });
  document.addEventListener("toast", (event) => say(event.detail));
}
