"""The demonstration: a shop with accounts, listings and orders, for people who want to try Comptoir first."""
