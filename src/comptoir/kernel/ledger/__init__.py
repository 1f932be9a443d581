"""Double entry: accounts, and transfers between them that balance because they cannot do otherwise."""
