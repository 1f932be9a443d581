"""Stripe's errors, as they are sent, and those that several operations share."""

from typing import Any

ErrorBody = dict[str, Any]


class StripeError(Exception):
    """An error response; `keeps_effects` where what was done before it stays, as when a card is declined."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keeps_effects: bool = False,
        **details: Any,
    ):
        super().__init__(message)
        self.status = status
        self.keeps_effects = keeps_effects
        self.error: ErrorBody = {"message": message, "type": kind}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = "https://stripe.com/docs/error-codes/" + code.replace("_", "-")
        if param:
            self.error["param"] = param
        self.error.update({name: value for name, value in details.items() if value is not None})


def resource_missing(kind: str, record_id: str, *, param: str = "id") -> StripeError:
    return StripeError(
        f"No such {kind.replace('checkout.session', 'checkout session')}: '{record_id}'",
        status=404 if param in {"id", "intent"} else 400,
        code="resource_missing",
        param=param,
    )


def invalid_request(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    return StripeError(message, param=param, code=code)


def parameter_missing(param: str) -> StripeError:
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def account_invalid(account: str, *, param: str | None = None) -> StripeError:
    message = (
        f"The provided key does not have access to account '{account}' (or that account does not exist). "
        "Application access may have been revoked."
    )
    return StripeError(message, status=403, code="account_invalid", param=param)
