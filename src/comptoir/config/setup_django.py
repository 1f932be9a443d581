"""Opening the house for a command: settings read, rooms loaded, the language of the terminal spoken."""

import os
import sys
from typing import NoReturn

import click


def setup_django(*, log_level: str = "WARNING") -> None:
    """Load Django. A setting that cannot be read ends the command with a sentence that names it.

    `log_level` holds where LOG_LEVEL is not set: a command answers in its own words, a server by its log.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.config.settings")
    os.environ.setdefault("LOG_LEVEL", log_level)
    import django
    from django.core.exceptions import ImproperlyConfigured
    from environs import EnvError

    try:
        django.setup()
    except (EnvError, ImproperlyConfigured) as error:
        refuse(f"A setting cannot be read: {error}")
    from django.utils import translation

    translation.activate(terminal_language())


def terminal_language() -> str:
    """The language that LC_ALL, LC_MESSAGES or LANG asks for, as far as we speak it."""
    asked = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "fr" if next(filter(None, asked), "").lower().startswith("fr") else "en"


def refuse(sentence: str) -> NoReturn:
    """End with a sentence on the error output and exit code 1."""
    click.echo(sentence, err=True)
    sys.exit(1)
