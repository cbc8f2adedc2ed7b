"""The parents' web: what a phone may ask for, and nothing else."""
