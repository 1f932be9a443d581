"""How fast Comptoir is, beside references that do the least that could be done. `make bench` prints the table."""
