"""What every product stands on. It knows no product."""
