"""Custom integrations under development."""
