"""The two axes of what is offered: four levels, one above the other, and three types of service."""

import unicodedata

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    SIMPLE = "simple", _("Simple")
    INTUITIVE = "intuitive", _("Intuitive")
    ALCHEMICAL = "alchimique", _("Alchimique")
    INTEGRAL = "integrale", _("Intégrale")


class Service(models.TextChoices):
    BASIC = "basic", _("Basic")
    PREMIUM = "premium", _("Premium")
    VIP = "vip", _("VIP")


# From the lowest (1) to the highest (4): who has paid for one sees its contents and all below (L14).
RANKS: dict[str, int] = {level.value: rank for rank, level in enumerate(Level, start=1)}


def level_of_rank(rank: int) -> str:
    """The level's word, or an empty one below the first."""
    return Level.values[rank - 1] if rank else ""


def slugify(text: str) -> str:
    """A level or a service as it is written in tables, however a person writes it: `Intégrale` → `integrale`."""
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
