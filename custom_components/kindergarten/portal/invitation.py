"""Invitations as they leave the house: the link, the message in the family's language, the poster's address."""

from functools import cache
import json
from pathlib import Path
from typing import Final

from ..engine.people.records import Invitation
from .routes import PREFIX

_LOCALES: Final = Path(__file__).parent / "locales"


def link_of(origin: str, invitation: Invitation) -> str:
    """Return an invitation's link; what comes after `#` no server, proxy or preview ever sees."""
    return f"{origin}{PREFIX}/#i={invitation.id}.{invitation.secret}"


def poster_of(origin: str) -> str:
    """Return where a phone at the door begins."""
    return f"{origin}{PREFIX}/#pair"


def message_of(kindergarten: str, link: str, language: str) -> str:
    """Return what the owner sends by a messenger; the code goes another way."""
    return words(language)["message"].format(kindergarten=kindergarten, link=link)


@cache
def words(language: str) -> dict[str, str]:
    """Return the texts of what leaves the house on paper or by messenger."""
    path = _LOCALES / "paper" / f"{language}.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


# Read while the module is imported, which Home Assistant does outside of its event loop.
for _language in ("kk", "ru", "en"):
    words(_language)
