"""Stripe Checkout: sessions, their line items, and how they are completed."""
