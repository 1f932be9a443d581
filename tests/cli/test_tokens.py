"""`comptoir token`."""

from django.test import Client

from comptoir.kernel.accounts.tokens import authenticate


def test_the_token_opens_the_api_for_its_owner(comptoir, client: Client, camille) -> None:
    token = comptoir("token", camille.email).stdout.strip()

    answer = client.get("/api/sellers/me", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert authenticate(token) == camille


def test_the_address_may_be_written_in_any_case(comptoir, bruno) -> None:
    token = comptoir("token", bruno.email.upper()).stdout.strip()
    assert authenticate(token) == bruno


def test_nobody_of_that_address(comptoir, db) -> None:
    outcome = comptoir("token", "nobody@example.test")

    assert outcome.exit_code == 1
    assert "No active account has the address nobody@example.test." in outcome.stderr
    assert outcome.stdout == ""


def test_an_account_that_is_closed_gets_none(comptoir, bruno) -> None:
    bruno.is_active = False
    bruno.save()
    assert comptoir("token", bruno.email).exit_code == 1


def test_production_asks_to_be_sure(comptoir, settings, bruno) -> None:
    settings.PRODUCTION = True

    refused, made = comptoir("token", bruno.email), comptoir("token", bruno.email, "--yes")

    assert refused.exit_code == 1
    assert "--yes" in refused.stderr
    assert bruno.api_tokens.count() == 1
    assert authenticate(made.stdout.strip()) == bruno
