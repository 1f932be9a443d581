"""Stripe Checkout: sessions, what they sell, and their payment."""
