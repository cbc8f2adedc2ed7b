"""Whether families have agreed that a room is shown: the rules of a legal profile."""

from datetime import date
from typing import Literal

from ..engine.people.records import Purpose
from ..engine.people.snapshot import Snapshot

type Rule = Literal["all", "share", "notice"]

SHARE_PERCENT = 70


def purpose_of(rule: Rule) -> Purpose:
    """Return what a family's form is about under a rule."""
    return "recording_notice" if rule == "notice" else "parent_live"


def agreed(snapshot: Snapshot, rule: Rule, version: int, child_id: str, day: date) -> bool:
    """Return whether a child's family agrees: somebody said yes to this version, nobody says no."""
    if objected(snapshot, rule, child_id):
        return False
    return any(
        _gave(snapshot, rule, version, guardian_id, child_id, day)
        for guardian_id in snapshot.guardians_of(child_id)
    )


def objected(snapshot: Snapshot, rule: Rule, child_id: str) -> bool:
    """Return whether somebody's newest word on a child is no, whatever text it was about.

    Who says no to being shown is heard even where a notice would be enough.
    """
    purposes: set[Purpose] = {"parent_live", purpose_of(rule)}
    words = [
        snapshot.consent(guardian_id, child_id, purpose)
        for guardian_id in snapshot.guardians_of(child_id)
        for purpose in purposes
    ]
    return any(word is not None and word.state != "given" for word in words)


def own_children_agreed(
    snapshot: Snapshot, rule: Rule, version: int, guardian_id: str, children: frozenset[str], day: date
) -> bool:
    """Return whether this guardian's forms are complete, as far as it is theirs to know.

    What another guardian of the same child refused is not told to them.
    """
    return all(
        not _refused(snapshot, rule, guardian_id, child_id)
        and any(
            _gave(snapshot, rule, version, each, child_id, day) for each in snapshot.guardians_of(child_id)
        )
        for child_id in children
    )


def everybody_agrees(
    snapshot: Snapshot, rule: Rule, version: int, group_id: str, own: frozenset[str], day: date
) -> bool:
    """Return whether a group may be shown on a day; one's own children always have to be among those who agree."""
    enrolled = snapshot.enrolled(group_id, day)
    yes = snapshot.agreements.get((rule, version, group_id, day))
    if yes is None:
        yes = frozenset(each for each in enrolled if agreed(snapshot, rule, version, each, day))
        snapshot.agreements[rule, version, group_id, day] = yes
    if not own <= yes:
        return False
    if rule == "share":
        return 100 * len(yes) >= SHARE_PERCENT * len(enrolled)
    return len(yes) == len(enrolled)


def _refused(snapshot: Snapshot, rule: Rule, guardian_id: str, child_id: str) -> bool:
    purposes: set[Purpose] = {"parent_live", purpose_of(rule)}
    words = [snapshot.consent(guardian_id, child_id, purpose) for purpose in purposes]
    return any(word is not None and word.state != "given" for word in words)


def _gave(snapshot: Snapshot, rule: Rule, version: int, guardian_id: str, child_id: str, day: date) -> bool:
    guardian = snapshot.guardians.get(guardian_id)
    word = snapshot.consent(guardian_id, child_id, purpose_of(rule))
    return (
        guardian is not None
        and not guardian.relative
        and guardian.valid(day)
        and word is not None
        and word.state == "given"
        and word.version == version
    )
