"""Stripe's documented test cards, by number and by the name of their test payment method."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """`decline` is the code that the bank refuses it with; None where it pays.

    `authentication`: "once", until it is set up for later use; "always"; or None.
    """

    number: str
    brand: str = "visa"
    decline: str | None = None
    declines_only_off_session: bool = False
    authentication: str | None = None
    disputed: bool = False


TEST_CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("4000056655665556"),
        Card("5555555555554444", brand="mastercard"),
        Card("378282246310005", brand="amex"),
        Card("4000002500000003"),
        Card("4000000000000077"),
        Card("4000000000000002", decline="generic_decline"),
        Card("4000000000009995", decline="insufficient_funds"),
        Card("4000000000009987", decline="lost_card"),
        Card("4000000000009979", decline="stolen_card"),
        Card("4000000000000069", decline="expired_card"),
        Card("4000000000000127", decline="incorrect_cvc"),
        Card("4000000000000119", decline="processing_error"),
        Card("4000000000000341", decline="generic_decline", declines_only_off_session=True),
        Card("4000002500003155", authentication="once"),
        Card("4000002760003184", authentication="always"),
        Card("4000000000003220", authentication="always"),
        Card("4000008260003178", authentication="once", decline="insufficient_funds"),
        Card("4000003800000446"),
        Card("4000000000000259", disputed=True),
    )
}
TEST_PAYMENT_METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_visa_debit": "4000056655665556",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_fr": "4000002500000003",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
    "pm_card_authenticationRequiredSetupForOffSession": "4000003800000446",
    "pm_card_createDispute": "4000000000000259",
}
DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "test_mode_live_card": (
        "card_declined",
        "Your card was declined. Your request was in test mode, but used a non test card.",
    ),
    "authentication_required": (
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}


def luhn_valid(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0
