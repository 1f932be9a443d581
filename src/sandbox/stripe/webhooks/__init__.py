"""Webhooks: the events of an account, and the endpoints that they are sent to."""
