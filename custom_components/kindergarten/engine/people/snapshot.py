"""Everything that a decision needs, at one moment, in memory; made anew after every change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
import hashlib
import hmac
from types import MappingProxyType

from .records import (
    Child,
    Closure,
    Consent,
    Device,
    Group,
    Guardian,
    Guardianship,
    Membership,
    Pause,
    Presence,
    Purpose,
    RulesAccepted,
)

_NOBODY = bytes(hashlib.sha256().digest_size)
"""No secret that anybody could know has this hash."""


def secret_hash(secret: str) -> bytes:
    """Return what is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def _none[T]() -> Mapping[str, T]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The people at one moment. Maps are by id, `pauses` by room, `rules` by guardian.

    `floor_us` is the latest time ever seen: whatever a clock says that was turned back, nothing
    that had expired comes back. `locked` closes everything: nobody knows yet whether this is an old
    backup. `window_until_us` is when pairing at the door ends, 0 while it is closed.
    `invitations` are the hashes of all links' secrets, of used and dead ones too.
    """

    generation: int = 0
    floor_us: int = 0
    locked: bool = False
    text_version: int = 1
    window_until_us: int = 0
    groups: Mapping[str, Group] = field(default_factory=_none)
    children: Mapping[str, Child] = field(default_factory=_none)
    memberships: Mapping[str, Membership] = field(default_factory=_none)
    guardians: Mapping[str, Guardian] = field(default_factory=_none)
    guardianships: frozenset[Guardianship] = frozenset()
    consents: tuple[Consent, ...] = ()
    devices: Mapping[str, Device] = field(default_factory=_none)
    closures: Mapping[str, Closure] = field(default_factory=_none)
    presences: frozenset[Presence] = frozenset()
    pauses: Mapping[str, Pause] = field(default_factory=_none)
    rules: Mapping[str, RulesAccepted] = field(default_factory=_none)
    invitations: Mapping[str, bytes] = field(default_factory=_none, repr=False)

    def device(self, device_id: str, secret: str, now_us: int) -> Device | None:
        """Return the living browser of a cookie, None for anything else, in the same time."""
        found = self.devices.get(device_id)
        right = hmac.compare_digest(found.secret_hash if found else _NOBODY, secret_hash(secret))
        if self.locked or found is None or not right or not found.alive(self.at_least(now_us)):
            return None
        guardian = self.guardians.get(found.guardian_id)
        return found if guardian is not None and not guardian.blocked else None

    def invited(self, invitation_id: str, secret: str) -> bool:
        """Return whether somebody was ever given this link; whether it still opens is asked elsewhere."""
        found = self.invitations.get(invitation_id)
        return hmac.compare_digest(found or _NOBODY, secret_hash(secret)) and found is not None

    def at_least(self, now_us: int) -> int:
        """Return a time that no turned-back clock can make earlier."""
        return max(now_us, self.floor_us)

    def children_of(self, guardian_id: str) -> tuple[str, ...]:
        """Return the ids of a guardian's children."""
        return self._children.get(guardian_id, ())

    def guardians_of(self, child_id: str) -> tuple[str, ...]:
        """Return the ids of a child's guardians."""
        return self._guardians.get(child_id, ())

    def memberships_of(self, child_id: str) -> tuple[Membership, ...]:
        """Return a child's times in groups, past and coming ones too."""
        return self._memberships.get(child_id, ())

    def enrolled(self, group_id: str, day: date) -> frozenset[str]:
        """Return the ids of the children in a group on a day."""
        return frozenset(each.child_id for each in self._members.get(group_id, ()) if each.covers(day))

    def groups_in(self, room_id: str) -> tuple[Group, ...]:
        """Return the groups of a room; parents see a room with exactly one."""
        return self._rooms.get(room_id, ())

    def consent(self, guardian_id: str, child_id: str, purpose: Purpose) -> Consent | None:
        """Return a guardian's newest word."""
        return self._consents.get((guardian_id, child_id, purpose))

    def devices_of(self, guardian_id: str, now_us: int) -> tuple[Device, ...]:
        """Return a guardian's living browsers, the newest first."""
        now_us = self.at_least(now_us)
        found = [
            each for each in self.devices.values() if each.guardian_id == guardian_id and each.alive(now_us)
        ]
        return tuple(sorted(found, key=lambda each: -each.made_us))

    def pseudonym(self, guardian_id: str) -> str:
        """Return what the ledger may say of a guardian: nothing any more once the family is forgotten."""
        guardian = self.guardians[guardian_id]
        return hmac.digest(guardian.salt, guardian.id.encode(), hashlib.sha256).hex()[:32]

    @cached_property
    def agreements(self) -> dict[tuple[str, int, str, date], frozenset[str]]:
        """Remember which children of a group agree, by rule, version, group and day: asked many times a second."""
        return {}

    @cached_property
    def _children(self) -> Mapping[str, tuple[str, ...]]:
        return _index(sorted((each.guardian_id, each.child_id) for each in self.guardianships))

    @cached_property
    def _guardians(self) -> Mapping[str, tuple[str, ...]]:
        return _index(sorted((each.child_id, each.guardian_id) for each in self.guardianships))

    @cached_property
    def _memberships(self) -> Mapping[str, tuple[Membership, ...]]:
        ordered = sorted(self.memberships.values(), key=lambda each: each.from_day)
        return _index((each.child_id, each) for each in ordered)

    @cached_property
    def _members(self) -> Mapping[str, tuple[Membership, ...]]:
        return _index((each.group_id, each) for each in self.memberships.values())

    @cached_property
    def _rooms(self) -> Mapping[str, tuple[Group, ...]]:
        return _index((each.room_id, each) for each in self.groups.values() if each.room_id is not None)

    @cached_property
    def _consents(self) -> Mapping[tuple[str, str, Purpose], Consent]:
        return {(each.guardian_id, each.child_id, each.purpose): each for each in self.consents}


def _index[T](pairs: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for key, each in pairs:
        found[key].append(each)
    return {key: tuple(each) for key, each in found.items()}
