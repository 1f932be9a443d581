"""Selling: listings, their rules, and the way to being paid."""
