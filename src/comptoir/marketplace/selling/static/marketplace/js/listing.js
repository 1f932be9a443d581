/* What an uploaded file tells of itself saves typing: its platform, and that a new file has a new number. */

const form = document.querySelector("[data-listing]");
const { platform, version } = form.elements;
const current = version.dataset.current;

form.addEventListener("upload:done", ({ detail: { found } }) => {
  if (found.details.platform) {
    platform.value = found.details.platform;
    platform.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (current && found.contentType === "application/json" && version.value === current) version.value = following(current);
});

form.addEventListener("upload:gone", ({ target }) => {
  if (current && target.dataset.kind === "automationFile" && version.value === following(current)) version.value = current;
});

/* 1.4.2 → 1.4.3 */
function following(number) {
  const parts = number.split(".");
  parts.push(Number(parts.pop()) + 1);
  return parts.join(".");
}
