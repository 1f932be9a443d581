"""Who lives in the demo, and what they have sold each other."""

from dataclasses import dataclass

PASSWORD = "demo"  # noqa: S105 — everybody is told


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account, with a role by its name. Where it is `onboarded`, it sells, and `about` is what buyers read of it."""

    login: str
    name: str
    locale: str
    role: str = ""
    onboarded: bool = False
    about: str = ""

    @property
    def email(self) -> str:
        return f"{self.login}@demo.test"


@dataclass(frozen=True)
class Sale:
    """An order paid so many days ago: these listings, in one cart."""

    days_ago: float
    buyer: str
    slugs: tuple[str, ...]


PEOPLE = (
    Person(
        login="seller",
        name="Camille Renard",
        locale="fr",
        onboarded=True,
        about="Céramiste à Angers, et un peu bricoleuse : je vends les automatisations qui font tourner mon "
        "atelier pendant que j’ai les mains dans la terre.",
    ),
    Person(
        login="seller2",
        name="Adrien Lefèvre",
        locale="fr",
        onboarded=True,
        about="Dix ans d’intégrations pour des PME. Chaque workflow a tourné au moins six mois chez un client "
        "avant d’arriver ici.",
    ),
    Person(login="newseller", name="Nour Haddad", locale="en"),
    Person(login="buyer", name="Bruno Keller", locale="en"),
    Person(login="buyer2", name="Béa Martin", locale="fr"),
    Person(login="expert", name="Élise Garnier", locale="fr", role="expert"),
    Person(login="expert2", name="Marius Vidal", locale="fr", role="expert"),
    Person(login="client", name="Paul Okafor", locale="en"),
    Person(login="member", name="Inès Caron", locale="fr"),
    Person(login="freelance", name="Tom Verhoeven", locale="en"),
    Person(login="operator", name="Odile Marchand", locale="fr", role="operator"),
)

SALES = (
    Sale(26.3, "buyer2", ("relance-factures-impayees",)),
    Sale(24.1, "buyer", ("rappel-urssaf",)),
    Sale(21.6, "freelance", ("devis-pdf-depuis-formulaire",)),
    Sale(19.2, "buyer", ("rss-to-newsletter", "uptime-watcher")),
    Sale(16.4, "member", ("recherche-sirene-entreprises",)),
    Sale(14.0, "client", ("rappel-rendez-vous-sms", "reponses-avis-google")),
    Sale(11.7, "freelance", ("stripe-vers-pennylane",)),
    Sale(9.3, "buyer2", ("anniversaires-clients", "rappel-urssaf")),
    Sale(7.5, "member", ("panier-abandonne-woocommerce",)),
    Sale(5.2, "freelance", ("podcast-show-notes", "weekly-kpi-mail")),
    Sale(3.4, "buyer2", ("controle-factur-x",)),
    Sale(1.1, "client", ("rappel-urssaf",)),
)
