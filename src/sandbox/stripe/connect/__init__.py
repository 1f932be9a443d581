"""Stripe Connect: connected accounts, transfers to them, and the platform's application fees."""
