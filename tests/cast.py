"""The named cast: the same people in every test, so that a story reads like one.

Camille and Adrien sell, Nour would like to, Bruno and Béa buy, Odile runs the house.
"""

from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, grant

PASSWORD = "fougère-9-bleue"


def person(name: str, *, locale: str = "en") -> User:
    """An account whose address is verified, found again when it exists already."""
    email = f"{name.lower().replace('é', 'e')}@example.test"
    existing = User.objects.filter(email=email).first()
    if existing:
        return existing
    return User.objects.create_user(email, PASSWORD, verified=True, name=name, locale=locale)


def camille() -> User:
    return person("Camille", locale="fr")


def adrien() -> User:
    return person("Adrien", locale="fr")


def nour() -> User:
    return person("Nour")


def bruno() -> User:
    return person("Bruno")


def bea() -> User:
    return person("Béa", locale="fr")


def odile() -> User:
    user = person("Odile", locale="fr")
    grant(user, Role.OPERATOR, by=None)
    return user
