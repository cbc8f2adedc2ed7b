"""Asks the code of the access matrix."""

from datetime import datetime

from custom_components.kindergarten.portal.access import Decision, decide

from .access_world import Facts, house, snapshot


def asked(facts: Facts, who: str, room: str, now: datetime) -> Decision:
    """Return what somebody, or a phone, hears of a room."""
    people = snapshot(facts)
    return decide(people, house(facts), people.devices.get(who, who), room, now)
