"""`comptoir doctor` names what keeps bespoke orders from going on, and how to mend it (L18)."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from comptoir.bespoke.orders import experts
from comptoir.cli import main
from comptoir.kernel import clock
from comptoir.kernel.accounts.tokens import issue_token
from tests.bespoke.bespoke_driver import SECRET, BespokeDriver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("L18")]


def said() -> str:
    return CliRunner().invoke(main, ["doctor"]).stdout


def test_all_is_well(bespoke: BespokeDriver) -> None:
    assert "✓ The assistant" in said()
    assert "✓ Experts" in said()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ASSISTANT_URL": ""}, "ASSISTANT_URL is not set"),
        ({"ASSISTANT_SECRETS": []}, "ASSISTANT_SECRET is not set"),
        ({"ASSISTANT_SECRETS": [SECRET, "short"]}, "ASSISTANT_SECRET is too short"),
        (
            {"ASSISTANT_URL": "http://127.0.0.1:9/webhook"},
            "The assistant cannot be reached at http://127.0.0.1:9",
        ),
        ({"PRODUCTION": True}, "ASSISTANT_URL does not begin with https://"),
    ],
)
def test_what_is_wrong_with_the_assistant_is_named(
    bespoke: BespokeDriver, settings: Any, change: dict[str, Any], expected: str
) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    assert expected in said()


def test_a_deactivated_expert_whom_orders_wait_for_is_named(bespoke: BespokeDriver, odile: Any) -> None:
    experts.deactivate(bespoke.experts["emile"], by=odile)
    assert "✓ Experts" in said()
    experts.reactivate(bespoke.experts["emile"], by=odile)
    bespoke.paid_order()
    experts.deactivate(bespoke.experts["emile"], by=odile)
    assert "who is deactivated; an order that was meant for them waits" in said()


def test_an_expert_whose_token_has_run_out_is_named_until_there_is_another(bespoke: BespokeDriver) -> None:
    emile = bespoke.experts["emile"]
    issue_token(emile.user, name="phone", days=1)
    assert "expired on" not in said()
    clock.advance(timedelta(days=2))
    assert f"Make another: comptoir token {emile.user.email}" in said()
    issue_token(emile.user, name="phone", days=1)
    assert "expired on" not in said()
