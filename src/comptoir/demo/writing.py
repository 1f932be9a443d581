"""What the demo's assistant writes: a text in the client's language, from the answers and the expert's words."""

import random
from collections.abc import Sequence
from typing import Any

_OPENINGS = {
    "en": (
        "You came with a question, and a question already leans towards its answer.",
        "Before anything else: nothing below decides for you. It only turns the light a little.",
        "I have read what you wrote twice, once for what it says and once for what it leaves out.",
    ),
    "fr": (
        "Vous êtes venu avec une question, et une question penche déjà vers sa réponse.",
        "Avant toute chose : rien de ce qui suit ne décide à votre place. Cela déplace seulement la lumière.",
        "J’ai lu deux fois ce que vous avez écrit : une fois pour ce qui est dit, une fois pour ce qui est tu.",
    ),
}
_THEMES = {
    "en": (
        ("The threshold", "Something is ending that you have already left in your thoughts. Give it a date."),
        (
            "The well",
            "You have more left than you believe, and you draw from it at the wrong hour. Rest first.",
        ),
        (
            "The bridge",
            "Two people wait for a word of yours. The shorter of the two letters is the urgent one.",
        ),
        ("The seed", "What you took for a delay was a winter. Look again at what you put aside in spring."),
        ("The mirror", "You are asked for patience by somebody who has none. Offer clarity instead."),
        ("The lantern", "You will not see the whole way. You will see three steps, and three are enough."),
    ),
    "fr": (
        ("Le seuil", "Quelque chose s’achève que vous avez déjà quitté en pensée. Donnez-lui une date."),
        (
            "Le puits",
            "Il vous reste plus que vous ne croyez, et vous y puisez à la mauvaise heure. Reposez-vous.",
        ),
        (
            "Le pont",
            "Deux personnes attendent un mot de vous. La plus courte des deux lettres est la plus urgente.",
        ),
        (
            "La graine",
            "Ce que vous preniez pour un retard était un hiver. Revoyez ce que vous aviez mis de côté.",
        ),
        ("Le miroir", "On vous demande de la patience sans en avoir. Offrez plutôt de la clarté."),
        ("La lanterne", "Vous ne verrez pas tout le chemin. Vous verrez trois pas, et trois suffisent."),
    ),
}
_WORDS = {
    "en": {
        "title": "A reading for {name}",
        "asked": "What you asked",
        "next": "Three steps",
        "again": "This time",
        "revised": "You were not served well by the last version: *{reason}* This one begins there.",
        "by": "Prepared with {expert}.",
        "steps": (
            "Write down, tonight, the sentence you avoid.",
            "Say no to one thing this week.",
            "Come back to this page in a month.",
        ),
    },
    "fr": {
        "title": "Une lecture pour {name}",
        "asked": "Ce que vous avez demandé",
        "next": "Trois pas",
        "again": "Cette fois",
        "revised": "La version précédente ne vous convenait pas : *{reason}* Celle-ci commence par là.",
        "by": "Préparé avec {expert}.",
        "steps": (
            "Écrivez, ce soir, la phrase que vous évitez.",
            "Dites non à une chose cette semaine.",
            "Revenez à cette page dans un mois.",
        ),
    },
}
# The higher the level, the longer the reading.
_THEMES_OF_LEVEL = {"simple": 2, "intuitive": 3, "alchimique": 4, "integrale": 6}


def written(asked: dict[str, Any]) -> str:
    """Markdown. The same question gives the same text, and each revision another one."""
    language = "fr" if str(asked.get("language", "")).startswith("fr") else "en"
    words: dict[str, Any] = _WORDS[language]
    chance = random.Random(f"{asked['orderId']}:{asked['revision']}")  # noqa: S311 — to vary, not to guard
    themes = chance.sample(_THEMES[language], _THEMES_OF_LEVEL.get(asked.get("level", ""), 3))
    parts = [
        f"# {words['title'].format(name=asked.get('clientName') or '…')}",
        chance.choice(_OPENINGS[language]),
        *_answers(asked.get("intake", []), heading=words["asked"]),
        *_revised(asked.get("previous", []), words),
        *(f"## {title}\n\n{text}" for title, text in themes),
        f"## {words['next']}\n\n"
        + "\n".join(f"{n}. {step}" for n, step in enumerate(words["steps"], start=1)),
        f"---\n\n*{words['by'].format(expert=asked.get('expertName', ''))}*",
    ]
    return "\n\n".join(parts) + "\n"


def _answers(intake: Sequence[dict[str, str]], *, heading: str) -> list[str]:
    given = [one for one in intake if one.get("answer")]
    if not given:
        return []
    quoted = "\n>\n".join(f"> **{one['question']}** {' '.join(one['answer'].split())}" for one in given)
    return [f"## {heading}\n\n{quoted}"]


def _revised(previous: Sequence[dict[str, Any]], words: dict[str, Any]) -> list[str]:
    if not previous:
        return []
    return [f"## {words['again']}\n\n{words['revised'].format(reason=previous[-1]['reason'])}"]
