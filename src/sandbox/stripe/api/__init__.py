"""What every call of Stripe's API shares: its parameters, errors, lists, idempotency and the way it is answered."""
