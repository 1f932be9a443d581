"""Payments: intents, charges, refunds and disputes, and the customers and payment methods they belong to."""
