"""The words of the demo's bespoke orders: who the experts are, what is asked, and what each level has to read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShownExpert:
    login: str
    name: str
    about: str
    specialties: tuple[str, ...]
    weekly_capacity: int


EXPERTS = (
    ShownExpert(
        "expert",
        "Élise Garnier",
        "Quinze ans de tarot et d’écriture. Je lis lentement, je réponds simplement, et je ne prédis rien.",
        ("tarot", "oracle"),
        4,
    ),
    ShownExpert(
        "expert2",
        "Marius Vidal",
        "Astrologue à Lyon. Un thème est une partition : je vous aide à l’entendre.",
        ("astrologie", "numérologie"),
        2,
    ),
)

QUESTIONS = [
    {
        "name": "question",
        "label": "Quelle est votre question ?",
        "kind": "longtext",
        "required": True,
        "help": "Une seule, avec vos mots.",
    },
    {"name": "born_on", "label": "Votre date de naissance", "kind": "date", "required": False},
    {
        "name": "tone",
        "label": "Comment souhaitez-vous qu’on vous réponde ?",
        "kind": "choice",
        "options": ["Avec douceur", "Sans détour"],
        "required": False,
    },
]

INCLUDED = {
    "simple": ["Une lecture de deux pages"],
    "intuitive": ["Une lecture de quatre pages", "Trois cartes commentées"],
    "alchimique": ["Une lecture de huit pages", "Sept cartes commentées", "Un exercice pour la semaine"],
    "integrale": [
        "Une lecture de quinze pages",
        "Le grand tirage",
        "Un rituel écrit pour vous",
        "Un suivi d’un mois",
    ],
    "basic": ["Une révision"],
    "premium": ["Deux révisions", "Échange de messages"],
    "vip": ["Quatre révisions", "Réponse en trois jours", "Enregistrement audio"],
}

LEVELS = {
    "simple": [
        (
            "Lire sa lecture",
            "Comment revenir à un texte qui parle de vous.",
            "## Trois lectures, pas une\n\nLa première fois, lisez **sans crayon**. La deuxième, soulignez ce qui "
            "résiste. La troisième, un mois plus tard, relisez seulement ce que vous aviez souligné.",
        ),
    ],
    "intuitive": [
        (
            "Poser une question",
            "Une bonne question tient en une phrase et n’a pas de oui.",
            "## Ni oui, ni non\n\n1. Écrivez votre question.\n2. Retirez-en le mot *dois-je*.\n3. Recommencez avec "
            "*comment*.\n\n> Ce que l’on n’ose pas demander est souvent la question.",
        ),
    ],
    "alchimique": [
        (
            "Sept jours de carnet",
            "Un exercice par jour, dix minutes chacun.",
            "## Le carnet\n\n| Jour | Exercice |\n|---|---|\n| 1 | Ce que je garde |\n| 2 | Ce que je rends |\n"
            "| 3 | Ce que j’attends |\n| 4 | Ce qui m’attend |\n| 5 | Ce que je tais |\n| 6 | Ce que je dis |\n"
            "| 7 | Rien |",
        ),
    ],
    "integrale": [
        (
            "Le rituel des saisons",
            "Quatre soirées par an pour faire le point.",
            "## Quatre soirées\n\nUne par saison, toujours au même endroit. Relisez la lettre de la saison passée "
            "**avant** d’écrire la suivante.",
        ),
    ],
}

PROMPTS = (
    (
        "Lecture complète",
        "Rédige une lecture personnelle à partir des réponses du client, au niveau commandé.",
        "Vouvoiement. Aucune prédiction datée. Finir par trois pas concrets.",
    ),
    (
        "Plus court, plus direct",
        "Reprends la version précédente en deux fois moins de mots.",
        "Une idée par paragraphe. Pas d’adverbes.",
    ),
)
