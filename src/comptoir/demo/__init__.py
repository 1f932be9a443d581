"""The demonstration: a shop with things in it, for people who want to look before they move in."""
