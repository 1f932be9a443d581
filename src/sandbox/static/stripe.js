/* The part of Stripe.js that a page with the payment element calls: the same calls, the same answers.

What it leaves out it refuses by an IntegrationError, as Stripe.js does for what is wrong. */

(() => {
  const home = new URL(document.currentScript.src).origin;

  class IntegrationError extends Error {
    name = "IntegrationError";
  }

  /* One element: a frame on the sandbox's own page, so that what is typed never passes through the shop's. */
  class PaymentElement {
    #listeners = new Map();
    #waiting = [];
    #frame;

    constructor(options) {
      const query = new URLSearchParams({ origin: location.origin, locale: options.locale ?? "auto" });
      this.#frame = document.createElement("iframe");
      this.#frame.src = `${home}/element/${encodeURIComponent(options.clientSecret)}?${query}`;
      this.#frame.title = options.locale?.startsWith("fr") ? "Saisie sécurisée du paiement" : "Secure payment input frame";
      Object.assign(this.#frame.style, { display: "block", width: "100%", border: "0", height: "22rem" });
      this.appearance = options.appearance;
      addEventListener("message", (event) => {
        if (event.origin === home && event.source === this.#frame.contentWindow) this.#hear(event.data);
      });
      this.#frame.addEventListener("error", () => this.#tell("loaderror", { error: { type: "api_connection_error" } }));
    }

    mount(place) {
      const node = typeof place === "string" ? document.querySelector(place) : place;
      if (!node) throw new IntegrationError(`The selector you specified (${place}) applies to no DOM elements.`);
      node.replaceChildren(this.#frame);
    }

    on(event, listener) {
      this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
      return this;
    }

    restyle(appearance) {
      this.appearance = appearance;
      this.#send({ type: "appearance", appearance });
    }

    confirm(returnUrl) {
      this.#send({ type: "confirm", returnUrl });
      return new Promise((answer) => this.#waiting.push(answer));
    }

    #send(message) {
      this.#frame.contentWindow?.postMessage(message, home);
    }

    #hear(message) {
      if (message.type === "ready") {
        this.restyle(this.appearance);
        this.#tell("ready", { elementType: "payment" });
      } else if (message.type === "height") {
        this.#frame.style.height = `${message.height}px`;
      } else if (message.type === "answer") {
        this.#waiting.splice(0).forEach((answer) => answer(message));
      }
    }

    #tell(event, told) {
      (this.#listeners.get(event) ?? []).forEach((listener) => listener(told));
    }
  }

  function elementsOf(options) {
    if (!options?.clientSecret) throw new IntegrationError("The sandbox needs `clientSecret` for elements().");
    let made = null;
    return {
      create(type) {
        if (type !== "payment") throw new IntegrationError(`The sandbox has no element of the type ${type}.`);
        return (made = new PaymentElement(options));
      },
      getElement: () => made,
      update: ({ appearance }) => made?.restyle(appearance),
    };
  }

  window.Stripe = function Stripe(key) {
    if (!/^pk_\w+$/.test(key ?? "")) {
      throw new IntegrationError("Please call Stripe() with your publishable key: it begins with pk_.");
    }
    return {
      elements: elementsOf,
      async confirmPayment({ elements, confirmParams, redirect = "always" }) {
        if (!confirmParams?.return_url || redirect !== "always") {
          throw new IntegrationError("The sandbox needs `confirmParams.return_url`, and always redirects to it.");
        }
        const answer = await elements.getElement().confirm(confirmParams.return_url);
        if (answer.error) return { error: answer.error };
        location.assign(answer.redirect);
        return new Promise(() => {}); // the page is on its way
      },
    };
  };
})();
