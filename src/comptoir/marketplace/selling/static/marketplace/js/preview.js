/* The listing as buyers will see it, while it is written. */

const form = document.querySelector("[data-listing]");
const preview = document.querySelector("[data-preview]");
const part = (name) => preview.querySelector(`[data-preview-${name}]`);
const { title, platform } = form.elements;

const words = () => {
  part("title").textContent = title.value.trim() || preview.dataset.untitled;
  const chosen = platform.selectedOptions[0];
  part("platform").hidden = !chosen?.value;
  part("platform").textContent = chosen?.text ?? "";
};
form.addEventListener("input", words);
form.addEventListener("change", words);
words();

/* The price comes from the shop, with what is left of it. */
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "earnings") part("price").textContent = target.querySelector("[data-price]")?.dataset.price ?? "";
});

const show = (address) => {
  const picture = part("picture");
  picture.hidden = !address;
  if (address) picture.src = address;
  preview.querySelector(".product-picture > .icon")?.toggleAttribute("hidden", Boolean(address));
};
form.addEventListener("load", ({ target }) => target.matches?.("[data-upload-picture]") && show(target.src), { capture: true });
form.addEventListener("upload:gone", ({ target }) => target.dataset.kind === "previewImage" && show(part("picture").dataset.present));
