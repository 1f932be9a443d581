/* The theme changes where one stands; without this script its link asks the server for the same. */

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-theme-choice]");
  if (!link) return;
  event.preventDefault();
  const theme = link.dataset.themeChoice;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  document.documentElement.dataset.theme = theme;
  document.querySelectorAll("[data-theme-choice]").forEach((choice) => {
    if (choice.dataset.themeChoice === theme) choice.setAttribute("aria-current", "true");
    else choice.removeAttribute("aria-current");
  });
});
