"""Everything about Stripe: its API, its objects, its webhooks, its payment element."""
