"""The client's own place: what was delivered, and what each level opens."""
