/* A last question before something that cannot be undone: `<button data-confirm="Revoke this token?">` in a form. */

document.addEventListener(
  "submit",
  (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  { capture: true },
);
