"""What sellers are paid: their accounts at the gateway, transfers to them, and what is taken back."""
