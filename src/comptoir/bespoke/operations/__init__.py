"""For operators: offers, alerts, figures, refunds, and whether rows and books agree."""
