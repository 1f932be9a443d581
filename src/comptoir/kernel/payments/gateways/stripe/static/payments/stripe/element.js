/* Stripe's payment element on a page of ours, in the form marked `data-pay`: it takes the card, and this says when, once
   at a time. https://docs.stripe.com/js/payment_intents/confirm_payment */

const form = document.querySelector("[data-pay]");
const button = form.querySelector("[data-pay-button]");
const place = form.querySelector("[data-pay-element]");
const problem = form.querySelector("[data-pay-problem]");
const asked = button.innerHTML;

function say(text) {
  problem.hidden = !text;
  problem.querySelector("p").textContent = text;
}

/* The element stands in a frame, where our style sheets do not reach: it is told how the page looks. */
function appearance() {
  const style = (selector) => getComputedStyle(document.querySelector(selector));
  const page = style("html");
  const [red, green, blue] = page.backgroundColor.match(/[\d.]+/g).map(Number);
  return {
    theme: red + green + blue < 380 ? "night" : "stripe",
    variables: {
      colorPrimary: style("[aria-current] .steps-dot").backgroundColor,
      colorBackground: page.backgroundColor,
      colorText: page.color,
      colorTextSecondary: style(".soft").color,
      colorDanger: style(".notice.error").borderInlineStartColor,
      fontFamily: page.fontFamily,
      borderRadius: "3px",
    },
  };
}

function busy(yes) {
  form.dataset.paying = yes ? "yes" : "";
  if (yes) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
  button.innerHTML = asked;
  if (yes) button.textContent = form.dataset.busy;
}

function start() {
  const stripe = window.Stripe(form.dataset.key);
  const elements = stripe.elements({
    clientSecret: form.dataset.secret,
    locale: form.dataset.locale,
    appearance: appearance(),
  });
  const element = elements.create("payment");
  element.on("ready", () => (button.disabled = false));
  element.on("loaderror", () => say(form.dataset.sayUnreachable));
  place.replaceChildren();
  element.mount(place);

  // A change is heard of before the page wears it.
  const dress = () =>
    requestAnimationFrame(() => requestAnimationFrame(() => elements.update({ appearance: appearance() })));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  new MutationObserver(dress).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.paying || button.disabled) return;
    busy(true);
    say("");
    const answer = await stripe
      .confirmPayment({ elements, confirmParams: { return_url: form.dataset.return } })
      .catch(() => ({ error: {} }));
    if (answer.error?.code === "payment_intent_unexpected_state") {
      // Paid already, in another tab or before a reload: our page there knows.
      location.assign(form.dataset.return);
      return;
    }
    busy(false);
    say(answer.error?.message || form.dataset.sayFailed);
  });
}

addEventListener("pageshow", (event) => event.persisted && location.reload());
if (window.Stripe) start();
else {
  place.replaceChildren();
  say(form.dataset.sayUnreachable);
}
