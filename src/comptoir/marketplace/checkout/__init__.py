"""From the cart to the gateway's page."""
