"""A family in a real file, a phone, and a room that is open to it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.engine.people.records import Credentials, Invitation
from custom_components.kindergarten.portal.access import Decision, House, Reason, decide

from .access_world import MOON, NOON, SUN, TODAY, Facts, house, us

DAY = timedelta(days=1)


class RealHouse:
    """Alma and her mother Anna with a phone; everybody agrees, the room is open around the clock."""

    def __init__(self, folder: Path) -> None:
        """Begin at noon of a leap day."""
        self.folder = folder
        self.now = NOON
        self.passed = timedelta()
        self._count = 0
        facts = Facts(version=1)
        for name, room in facts.rooms.items():
            facts.rooms[name] = replace(room, schedule=True, quiet=())
        self.house: House = house(facts)
        self.people = self._open()
        self.group = self.people.add_group("Күншуақ", SUN)
        self.other_group = self.people.add_group("Ай", MOON)
        self.child, self.guardian = self.family("Алма", "Анна")
        self.agree(self.guardian, self.child)
        self.phone = self.let_in(self.guardian)
        self.device = self.people.snapshot.devices[self.phone.device_id]

    def _open(self) -> People:
        return People.open(
            self.folder, lambda: us(self.now), self._token, lambda: self.passed // timedelta(microseconds=1)
        )

    def _token(self, size: int) -> bytes:
        self._count += 1
        return self._count.to_bytes(8).ljust(size, b"\0")[:size]

    def restart(self) -> None:
        """Close the file and open it again."""
        self.people.close()
        self.passed = timedelta()
        self.people = self._open()

    def passes(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span
        self.passed += span

    def turn(self, span: timedelta) -> None:
        """Turn the wall clock."""
        self.now += span

    def family(self, child: str, guardian: str, group: str | None = None) -> tuple[str, str]:
        """Add a child of the sun's group with a guardian."""
        child_id = self.people.add_child(child)
        guardian_id = self.guardian_of(child_id, guardian)
        self.people.enrol(child_id, group or self.group, TODAY - 9 * DAY)
        return child_id, guardian_id

    def guardian_of(self, child_id: str, name: str, relative: bool = False) -> str:
        """Add a guardian of a child."""
        guardian_id = self.people.add_guardian(name, "", "kk", TODAY - 9 * DAY, relative)
        self.people.link(guardian_id, child_id)
        return guardian_id

    def agree(self, guardian_id: str, child_id: str) -> None:
        """Hand in a family's paper form."""
        self.people.tick_consents([(guardian_id, child_id)], "parent_live")

    def redeem(self, link: Invitation, code: str | None = None, nonce: str = "nonce") -> Credentials:
        """Open a link."""
        return self.people.redeem(link.id, link.secret, code or link.code, nonce, "iPhone")

    def let_in(self, guardian_id: str) -> Credentials:
        """Let a guardian's next phone in."""
        return self.redeem(self.people.invite(guardian_id))

    def known(self, phone: Credentials) -> bool:
        """Return whether a phone is let in."""
        return self.people.snapshot.device(phone.device_id, phone.secret, us(self.now)) is not None

    def asks(self, phone: Credentials | None = None, room: str = SUN) -> Decision:
        """Return what a phone hears of a room."""
        device = self.people.snapshot.devices.get((phone or self.phone).device_id)
        return decide(self.people.snapshot, self.house, device or "nobody", room, self.now)

    def reason(self, phone: Credentials | None = None) -> Reason:
        """Return why the room is open or closed to a phone."""
        return self.asks(phone).reason
