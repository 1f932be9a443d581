"""Bespoke orders' own settings, read from the environment. `.env.example` says what each variable is."""

from environs import Env

env = Env()

# Where the assistant takes orders, and the secrets that both sides sign with: the first signs, any is believed.
ASSISTANT_URL = env.str("ASSISTANT_URL", "")
ASSISTANT_SECRETS: list[str] = env.list("ASSISTANT_SECRET", [])
ASSISTANT_ANSWER_MINUTES = env.int("ASSISTANT_ANSWER_MINUTES", 30)
