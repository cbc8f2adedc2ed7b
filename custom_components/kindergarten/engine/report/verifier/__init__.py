"""The verifier that goes into every pack: one script and one page, with the same checks and the same texts."""

from pathlib import Path

FOLDER = Path(__file__).parent
FILES = ("verify.py", "verify.html")


def files() -> dict[str, bytes]:
    """Return the verifier's files by name, as they are copied into a pack."""
    return {name: (FOLDER / name).read_bytes() for name in FILES}
