"""Ordering, for clients: what is offered, whom to choose, the payment."""
