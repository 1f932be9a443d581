"""The base of the API: schemas, problems, sign-in, paging, throttles, idempotency; and the health pages."""
