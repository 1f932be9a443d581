"""What the order page sells: the grid level by level, and the experts to choose from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from comptoir.bespoke import queries
from comptoir.bespoke.models import Expert, LevelContent, Offer
from comptoir.bespoke.models.grid import RANKS, Level, Service, slugify
from comptoir.bespoke.refusals import OfferNotForSale
from comptoir.kernel import files

TITLES_SHOWN = 4
BRINGS = {
    Level.SIMPLE: _("The essentials, to find your bearings."),
    Level.INTUITIVE: _("A first analysis of what occupies you."),
    Level.ALCHEMICAL: _("An analysis in depth, and what to make of it."),
    Level.INTEGRAL: _("All that we do, to the furthest."),
}


@dataclass(frozen=True)
class Cell:
    """An offer, with what it includes beyond the other services of its level."""

    offer: Offer
    more: Sequence[str]


@dataclass(frozen=True)
class Row:
    """One level: what all its offers include, the titles of its contents, and its cells from the lowest price up."""

    level: Level
    rank: int
    brings: Any
    includes: Sequence[str]
    opens: Sequence[str]
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Choice:
    """An expert who may be chosen, and when they are next free."""

    expert: Expert
    portrait: str
    free_on: date


def rows() -> list[Row]:
    """The levels of which something is for sale, the lowest first. Two queries."""
    offers = defaultdict(list)
    for offer in queries.offers():
        offers[offer.level].append(offer)
    titles = defaultdict(list)
    for level, title in LevelContent.objects.filter(is_published=True).values_list("level", "title"):
        titles[level].append(title)
    return [_row(Level(level), found, titles[level][:TITLES_SHOWN]) for level, found in offers.items()]


def chosen(level: str, service: str) -> Offer:
    """One cell of the grid, however its names are written. Raises `OfferNotForSale`."""
    level, service = slugify(level), slugify(service)
    offer = queries.offers().filter(level=level, service=service).first()
    if offer is None:
        names = dict(Level.choices), dict(Service.choices)
        raise OfferNotForSale(level=names[0].get(level, level), service=names[1].get(service, service))
    return offer


def choices(experts: Iterable[Expert]) -> list[Choice]:
    """These experts as they are shown. One query."""
    shown = list(experts)
    free = queries.free_days(shown)
    return [Choice(expert, portrait(expert), free[expert.pk]) for expert in shown]


def portrait(expert: Expert) -> str:
    """Where the expert's portrait is, or nothing."""
    return files.public_url(expert.portrait, "card") if expert.portrait else ""


def _row(level: Level, offers: Sequence[Offer], opens: Sequence[str]) -> Row:
    first, *others = offers
    common = [line for line in first.included if all(line in other.included for other in others)]
    common = common if others else []
    cells = [Cell(offer, [line for line in offer.included if line not in common]) for offer in offers]
    return Row(level, RANKS[level.value], BRINGS[level], common, opens, cells)
