/* What an uploaded file tells of itself saves typing: its platform, and that a new file has a new number. */

const form = document.querySelector("[data-listing]");
const { platform, version } = form.elements;
const standing = version.dataset.standing;

form.addEventListener("upload:done", ({ detail: { found } }) => {
  if (found.details.platform) {
    platform.value = found.details.platform;
    platform.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (standing && found.contentType === "application/json" && version.value === standing) version.value = following(standing);
});

form.addEventListener("upload:gone", ({ target }) => {
  if (standing && target.dataset.kind === "automationFile" && version.value === following(standing)) version.value = standing;
});

/* 1.4.2 → 1.4.3 */
function following(number) {
  const parts = number.split(".");
  parts.push(Number(parts.pop()) + 1);
  return parts.join(".");
}
