"""A house with people in it: a clock to turn, a file to open again, and a family or two."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
import hashlib
from pathlib import Path

from kindergarten_engine.people.opening import keys_of
from kindergarten_engine.people.people import People
from kindergarten_engine.people.records import Credentials, Device, Language

START = datetime(2026, 9, 1, 3, 30, tzinfo=UTC)
"""08:30 in Kazakhstan."""
FIRST_DAY = date(2026, 9, 1)
SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US
ROOM, OTHER_ROOM = "room-sun", "room-moon"


def us(moment: datetime) -> int:
    """Return a moment in µs."""
    return round(moment.timestamp() * SECOND_US)


@dataclass
class Times:
    """The machine's two clocks: the wall's can be turned, the monotonic one cannot."""

    wall_us: int = us(START)
    monotonic_us: int = 5 * SECOND_US

    def passes(self, **span: float) -> None:
        """Let time pass."""
        passed = round(timedelta(**span).total_seconds() * SECOND_US)
        self.wall_us += passed
        self.monotonic_us += passed

    def turned(self, **span: float) -> None:
        """Turn the wall clock."""
        self.wall_us += round(timedelta(**span).total_seconds() * SECOND_US)


class Tokens:
    """Random bytes that are the same each time."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, size: int) -> bytes:
        """Return so many."""
        self.count += 1
        return hashlib.shake_256(b"%d" % self.count).digest(size)


@dataclass
class House:
    """The people of a folder, open."""

    folder: Path
    times: Times = field(default_factory=Times)
    tokens: Callable[[int], bytes] = field(default_factory=Tokens)
    open_people: People | None = None

    @property
    def people(self) -> People:
        """Return the people, opened if they are not."""
        if self.open_people is None:
            self.open_people = People.open(
                self.folder, lambda: self.times.wall_us, self.tokens, lambda: self.times.monotonic_us
            )
        return self.open_people

    def close(self) -> None:
        """Let go of the file."""
        if self.open_people is not None:
            self.open_people.close()
        self.open_people = None

    def restart(self) -> People:
        """Close and open again; the monotonic clock begins anew."""
        self.close()
        self.times.monotonic_us = 0
        return self.people

    @property
    def file(self) -> Path:
        """Return where the people are."""
        return self.folder / "people.db"

    @property
    def key(self) -> Path:
        """Return where their key is: in a folder of its own."""
        return keys_of(self.folder) / "people.key"

    def group(self, name: str = "Күншуақ", room: str | None = ROOM) -> str:
        """Add a group with a room."""
        return self.people.add_group(name, room)

    def family(
        self,
        group_id: str,
        child: str = "Айгерим Серікова",
        guardian: str = "Динара Серікова",
        phone: str = "+7 701 000 00 01",
        language: Language = "kk",
    ) -> tuple[str, str]:
        """Add a child with a guardian; returns both ids."""
        child_id = self.people.add_child(child)
        guardian_id = self.people.add_guardian(guardian, phone, language, FIRST_DAY)
        self.people.link(guardian_id, child_id)
        self.people.enrol(child_id, group_id, FIRST_DAY)
        return child_id, guardian_id

    def phone(self, guardian_id: str) -> Credentials:
        """Let a new phone of a guardian in."""
        invitation = self.people.invite(guardian_id)
        return self.people.redeem(
            invitation.id, invitation.secret, invitation.code, f"nonce-{invitation.id}", "iPhone"
        )

    def device(self, credentials: Credentials) -> Device | None:
        """Return whether a phone is let in now."""
        return self.people.snapshot.device(credentials.device_id, credentials.secret, self.times.wall_us)

    def bytes_on_disk(self) -> bytes:
        """Return all that lies in the folder."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()))
