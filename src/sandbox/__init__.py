"""A separate program that imitates Stripe over HTTP, for development and tests; comptoir never imports it."""
