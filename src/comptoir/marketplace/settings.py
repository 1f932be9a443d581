"""The marketplace's own settings, read from the environment. `.env.example` says what each variable is."""

from decimal import Decimal

from environs import Env

env = Env()

MARKETPLACE_FEE_PERCENT = env.decimal("MARKETPLACE_FEE_PERCENT", Decimal(15))
