"""What browsers ask of the integration."""
