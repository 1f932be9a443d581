/* Moving within the catalogue: the focus goes to the heading of what came, so that a screen reader says where one is. */

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id === "catalogue") document.querySelector("#catalogue h1").focus({ preventScroll: true });
});
