"""Stripe: all that is about this gateway and no other."""
