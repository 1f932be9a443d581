"""What gateways send us: received, stored together, and then acted on."""
