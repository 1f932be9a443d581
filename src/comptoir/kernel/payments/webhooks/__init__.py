"""What gateways tell us: received, stored, and acted on, each event once."""
