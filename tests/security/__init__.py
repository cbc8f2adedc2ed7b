"""What an attacker would try: one file per threat of the threat model."""
