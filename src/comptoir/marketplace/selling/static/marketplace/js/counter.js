/* How much has been written and how much may be: `<textarea data-count="5000">`. Said aloud only close to the limit. */

document.querySelectorAll("[data-count]").forEach((answer) => {
  const limit = Number(answer.dataset.count);
  const shown = document.createElement("p");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  shown.className = "counter";
  answer.insertAdjacentElement("afterend", shown);

  const count = () => {
    // As the shop counts: characters, not halves of an emoji; no blanks around.
    const length = [...answer.value.trim()].length;
    shown.textContent = `${numbers.format(length)} / ${numbers.format(limit)}`;
    shown.classList.toggle("over", length > limit);
    shown.setAttribute("aria-live", length > limit * 0.9 ? "polite" : "off");
  };
  answer.addEventListener("input", count);
  count();
});
