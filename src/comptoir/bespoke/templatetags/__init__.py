"""Template tags of bespoke orders."""
