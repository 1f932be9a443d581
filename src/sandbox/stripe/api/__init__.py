"""What every call of Stripe's API shares: its routes, parameters, errors, lists, idempotency keys and responses."""
