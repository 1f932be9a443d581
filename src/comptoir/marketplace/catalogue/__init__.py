"""The pages that everybody sees: the catalogue and each product."""
