"""What the pages of a payment intent and of a setup intent share: finding it, an attempt at it, the way back."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.checkout import completion
from sandbox.stripe.payments import attempts, setup_intents
from sandbox.world import World

PAYABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def find_intent(world: World, intent_id: str) -> Record | None:
    return world.store.get("payment_intent", intent_id) or world.store.get("setup_intent", intent_id)


def find_by_client_secret(world: World, secret: str) -> Record | None:
    intent = find_intent(world, secret.split("_secret_")[0])
    return intent if intent is not None and intent["client_secret"] == secret else None


def session_of(call: Call, intent: Record) -> Record | None:
    """The Checkout session that the intent belongs to, if any."""
    return call.get("checkout.session", intent["_session"]) if intent["_session"] else None


def attempt(call: Call, intent: Record, method: Record, *, authenticated: bool) -> None:
    if intent["object"] == "setup_intent":
        setup_intents.attempt_setup(call, intent, method, authenticated=authenticated)
    else:
        attempts.attempt_payment(call, intent, method, authenticated=authenticated)


def return_url(call: Call, intent: Record) -> str:
    """The Checkout page or the shop's own, with what Stripe adds to the address."""
    if session := session_of(call, intent):
        is_done = session["status"] == "complete"
        return completion.success_url(session) if is_done else call.world.url(f"/checkout/{session['id']}")
    if not intent["_return_url"]:
        return call.world.url("/done")
    status = {"requires_payment_method": "failed", "canceled": "failed", "processing": "processing"}.get(
        intent["status"], "succeeded"
    )
    added = urlencode(
        {
            intent["object"]: intent["id"],
            f"{intent['object']}_client_secret": intent["client_secret"],
            "redirect_status": status,
        }
    )
    parts = urlsplit(intent["_return_url"])
    query = f"{parts.query}&{added}" if parts.query else added
    return urlunsplit(parts._replace(query=query))
