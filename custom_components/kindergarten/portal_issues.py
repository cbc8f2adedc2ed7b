"""What a person has to mend about how the parents' view is reached from the internet."""

from collections.abc import Iterator
from typing import Final

from yarl import URL

from .coordinator import KindergartenConfigEntry
from .flows import words
from .issue import Issue

_EXPOSED: Final = ("unknown_seen", "headers_changed")
_EXPOSED_AT_OWN_HOST: Final = ("house_seen",)
"""That Home Assistant answers too is wrong only where the address was said to be the parents' alone."""


def portal_issues(entry: KindergartenConfigEntry, say: words.Words) -> Iterator[Issue]:
    """Yield what is to be mended now: what a phone saw from outside, and what the settings contradict."""
    if reasons := list(_reasons(entry)):
        said = "\n".join(f"- {say(f'exposed_{reason}')}" for reason in reasons)
        yield Issue(issue_id="portal_exposed", key="portal_exposed", placeholders={"reasons": said})


def is_exposed(entry: KindergartenConfigEntry) -> bool:
    """Return whether anything of it is wrong as far as is known."""
    return any(True for _ in _reasons(entry))


def _reasons(entry: KindergartenConfigEntry) -> Iterator[str]:
    portal = entry.runtime_data.portal
    if portal.origin is None:
        return
    seen = {finding.key for finding in portal.outside.findings or ()}
    wrong = (*_EXPOSED, *(_EXPOSED_AT_OWN_HOST if portal.own_host else ()))
    yield from (key for key in wrong if key in seen)
    external = portal.hass.config.external_url
    if portal.own_host and external and URL(external).host == URL(portal.origin.text).host:
        yield "same_host"
