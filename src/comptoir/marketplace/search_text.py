"""The words that a search compares: a listing's, and those that somebody looks for, without case or accents."""

import unicodedata

from comptoir.marketplace.models import Automation


def searchable(automation: Automation) -> str:
    """What the search looks through."""
    return plain(f"{automation.title}\n{' '.join(automation.tags)}\n{automation.description}")


def plain(text: str) -> str:
    """The text in lower case, each letter without its accent."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
