"""The words of people. Times end in `_us`: µs since 1970 in UTC; days are local days; ids say nothing."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

type Language = Literal["kk", "ru", "en"]
type Purpose = Literal["parent_live", "recording_notice", "clip"]
type ConsentState = Literal["given", "refused", "withdrawn"]
type ConsentWay = Literal["portal", "paper"]
type RequestState = Literal["open", "granted", "refused", "closed"]
type PairingState = Literal["waiting", "approved", "refused", "ended"]
type InvitationState = Literal["open", "used", "expired", "dead", "revoked"]

LANGUAGES: Final[tuple[Language, ...]] = ("kk", "ru", "en")
PURPOSES: Final[tuple[Purpose, ...]] = ("parent_live", "recording_notice", "clip")
MOST_DEVICES: Final = 3
"""So many phones may one guardian have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A group of children in a room; `needs_presence` shows it only while one's child is there."""

    id: str
    name: str
    room_id: str | None
    needs_presence: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Child:
    """A child."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """A child's time in a group, both days included; without `until_day` it has no end yet."""

    id: str
    child_id: str
    group_id: str
    from_day: date
    until_day: date | None

    def covers(self, day: date) -> bool:
        """Return whether the child is in the group on a day."""
        return self.from_day <= day and (self.until_day is None or day <= self.until_day)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guardian:
    """Somebody who may see a child's group, in the days from `valid_from` to `valid_until`, both included.

    `short_name` is for the watermark; a `relative` watches like a parent and cannot agree like one.
    """

    id: str
    name: str
    short_name: str
    phone: str
    language: Language
    relative: bool
    valid_from: date
    valid_until: date | None
    blocked: bool
    salt: bytes = field(repr=False)

    def valid(self, day: date) -> bool:
        """Return whether this guardian may see anything on a day."""
        return (
            not self.blocked
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Guardianship:
    """A guardian of a child."""

    guardian_id: str
    child_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """A guardian's newest word on a purpose for a child, to the text of that version."""

    guardian_id: str
    child_id: str
    purpose: Purpose
    version: int
    state: ConsentState
    how: ConsentWay
    at_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A remembered browser; dead when revoked, 14 days idle or 90 days old. The secret's hash is no secret."""

    id: str
    guardian_id: str
    label: str
    made_us: int
    seen_us: int
    idle_us: int
    until_us: int
    revoked_us: int | None
    secret_hash: bytes = field(repr=False)

    def alive(self, now_us: int) -> bool:
        """Return whether this browser is still let in."""
        return self.revoked_us is None and now_us < min(self.idle_us, self.until_us)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closure:
    """A holiday, both days included, of one room or of all."""

    id: str
    from_day: date
    until_day: date
    room_id: str | None

    def covers(self, room_id: str, day: date) -> bool:
        """Return whether a room is closed on a day."""
        return self.room_id in {None, room_id} and self.from_day <= day <= self.until_day


@dataclass(frozen=True, kw_only=True, slots=True)
class Presence:
    """A child was signed in on a day."""

    child_id: str
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Parents see nothing of a room until then."""

    room_id: str
    until_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RulesAccepted:
    """A guardian has accepted a version of the rules."""

    guardian_id: str
    version: int
    at_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewing:
    """One stretch of watching; `end` says why it ended, None while it runs."""

    id: str
    device_id: str
    guardian_id: str
    room_id: str
    from_us: int
    until_us: int | None
    end: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A guardian asks for a recording; `number` is for both sides."""

    number: int
    guardian_id: str
    child_id: str
    room_id: str
    from_us: int
    to_us: int
    state: RequestState
    hold_uid: str | None
    made_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """What a browser keeps in its cookie."""

    device_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """A way in for one guardian, told once: `secret` goes into the link, `code` another way."""

    id: str
    guardian_id: str
    secret: str = field(repr=False)
    code: str = field(repr=False)
    until_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationView:
    """How an invitation is, without what opens it."""

    id: str
    guardian_id: str
    printed: bool
    made_us: int
    until_us: int
    used_us: int | None
    device_id: str | None
    tries_left: int
    state: InvitationState


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairing:
    """A phone at the door: it shows `code` and asks with `id` and `key` whether somebody approved."""

    id: str
    key: str = field(repr=False)
    code: str
    until_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingPairing:
    """A phone at the door as staff see it."""

    id: str
    code: str
    label: str
    made_us: int
    until_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """What a phone at the door hears; `credentials` only when approved."""

    state: PairingState
    credentials: Credentials | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handoff:
    """A code for the second browser of a phone."""

    code: str = field(repr=False)
    until_us: int
