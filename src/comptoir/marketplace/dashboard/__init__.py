"""The dashboard: one's orders, sales, balance and refunds."""
