"""The least that could be done: what the same work costs in a bare framework."""
