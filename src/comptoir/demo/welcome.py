"""What the demo prints once it is open: addresses, accounts, and a card that pays."""

import shlex
import sys
from collections.abc import Sequence
from gettext import translation
from pathlib import Path

import click

from comptoir.config.setup_django import terminal_language
from comptoir.demo.cast import PASSWORD, PEOPLE, Person
from comptoir.demo.environment import Places

# Django’s gettext needs all of Django set up first, and the shop is up sooner than that.
_CATALOGUES = Path(__file__).resolve().parents[1] / "locale"
_ = translation("django", _CATALOGUES, languages=[terminal_language()], fallback=True).gettext


def welcome(places: Places) -> str:
    addresses = [
        (_("The shop"), places.site),
        (_("Its API"), f"{places.site}/api/docs"),
        (_("The operator’s desk"), f"{places.site}/admin/"),
        (_("Its mails"), f"{places.site}/_mail/"),
        (_("The sandbox, in place of Stripe"), places.sandbox),
        (_("The assistant, in place of n8n"), places.assistant),
        (_("Everything kept"), f"{places.data}"),
    ]
    accounts = [(person.email, person.name, _part_of(person)) for person in PEOPLE]
    return "\n".join(
        [
            "",
            click.style(_("Comptoir is open."), bold=True),
            "",
            *_table(addresses),
            "",
            _("Accounts, all with the password “%(password)s”:") % {"password": PASSWORD},
            *_table(accounts),
            "",
            _("A card that pays: 4242 4242 4242 4242, any date to come, any three digits."),
            _("Commands on this shop: set -a; . %(file)s; set +a; %(comptoir)s doctor")
            % {"file": shlex.quote(str(places.env_file)), "comptoir": shlex.quote(_comptoir())},
            _("Ctrl-C closes it. What happened in it is kept."),
        ]
    )


def _comptoir() -> str:
    """The command of this environment, which stands on nobody's PATH."""
    return str(Path(sys.executable).with_name("comptoir"))


def _part_of(person: Person) -> str:
    if person.role == "operator":
        return _("runs the house")
    if person.role == "expert":
        return _("validates bespoke orders")
    if person.onboarded:
        return _("sells, and can be paid")
    if person.login == "newseller":
        return _("would like to sell: payments not set up yet")
    return _("buys")


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return [("  " + "   ".join(row)).rstrip() for row in padded]
