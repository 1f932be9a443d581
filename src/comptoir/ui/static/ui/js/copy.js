/* Copy buttons: `<button data-copy="text" data-said="Copied" hidden>`, shown where the browser lets us copy. */

const reveal = (root) => {
  if (navigator.clipboard) root.querySelectorAll("[data-copy][hidden]").forEach((button) => (button.hidden = false));
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: button.dataset.said, tone: "success" } }));
});

document.addEventListener("htmx:load", (event) => reveal(event.target));
reveal(document);
