"""Balances: the transactions that make one up, and the payouts that empty it."""
