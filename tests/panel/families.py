"""A kindergarten in its second year: 22 children in three groups, and what two weeks have left behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import secrets
from typing import Final
from zoneinfo import ZoneInfo

from tests import engine_package

engine_package.load()

from kindergarten_engine.people.people import People  # noqa: E402 - the engine has to be there first
from kindergarten_engine.people.records import Child, RequestState  # noqa: E402

ALMATY: Final = ZoneInfo("Asia/Almaty")
SUN, DAISY, LAMB = "Күншуақ", "Ромашка", "Балапан"
GROUPS: Final = {SUN: "Күншуақ бөлмесі", DAISY: "Ромашка", LAMB: "Балапан бөлмесі"}
"""Groups and their rooms."""
LIST: Final = f"""
Арман Жанаров; {SUN}; Әйгерім Жанарова; 8 701 123 45 67; kk
Арман Жанаров; {SUN}; Ерлан Жанаров; 8 701 123 45 68; kk
Аружан Сейітқызы; {SUN}; Гүлнәр Сейітова; 8 702 555 10 20; kk
Дана Ким; {SUN}; Ирина Ким; 8 777 765 43 21; ru
Тимур Ким; {LAMB}; Ирина Ким; 8 777 765 43 21; ru
Ерасыл Құрманғалиұлы; {SUN}; Қарлығаш Құрманғалиева; 8 705 410 22 33; kk
Мирон Ковалёв; {SUN}; Анастасия Ковалёва; 8 707 300 40 50; ru
Мирон Ковалёв; {SUN}; Дмитрий Ковалёв; 8 707 300 40 51; ru
Томирис Нұрланқызы; {SUN}; Жансая Нұрланова; 8 747 222 33 44; kk
София Абдрахманова; {SUN}; Сәуле Әбдірахманова; 8 776 900 10 11; ru
Нұрислам Бекболатұлы; {DAISY}; Бекболат Тілеубергенов; 8 701 777 88 99; kk
Алиса Петренко; {DAISY}; Оксана Петренко; 8 708 121 21 21; ru
Алиса Петренко; {DAISY}; Галина Степановна Петренко; 8 708 121 21 22; ru
Әлихан Дүйсенбеков; {DAISY}; Меруерт Дүйсенбекова; 8 771 343 56 78; kk
Инкар Жумабаева; {DAISY}; Асель Жумабаева; 8 702 888 77 66; ru
Лев Соколов; {DAISY}; Мария Соколова; 8 777 111 22 33; ru
Лев Соколов; {DAISY}; Олег Соколов; 8 777 111 22 34; ru
Айзере Мұхтарқызы; {DAISY}; Мұхтар Оспанов; 8 705 654 32 10; kk
Санжар Искаков; {DAISY}; Динара Искакова; 8 747 010 20 30; ru
Эмилия Шмидт; {DAISY}; Anna Schmidt; +49 151 23456789; en
Ясмин Қуанышқызы; {LAMB}; Қуаныш Сәтбаев; 8 701 909 80 70; kk
Рамазан Тоқтар; {LAMB}; Шолпан Тоқтарова; 8 778 456 45 45; kk
Варвара Никитина; {LAMB}; Екатерина Никитина; 8 707 787 65 43; ru
Ислам Рахимов; {LAMB}; Зарина Рахимова; 8 776 232 43 54; ru
Ислам Рахимов; {LAMB}; Рустам Рахимов; 8 776 232 43 55; ru
Мадина Әбілқасымқызы; {LAMB}; Салтанат Әбілқасымова-Жұмағалиева; 8 701 515 15 15; kk
Никита Ли; {LAMB}; Виктория Ли; 8 702 646 46 46; ru
"""
MORE: Final = ("Бауыржан Тілепберді", "Надежда Белова", "Сара Мұхамеджанқызы", "Нұргүл Әлімжанова")
"""Guardians whom no line of the list brings: one is linked to two children, one to nobody."""
RELATIVE, BLOCKED, ENDED = "Галина Степановна Петренко", "Дмитрий Ковалёв", "Рустам Рахимов"
WITHOUT_FORM: Final = ("Лев Соколов", "Санжар Искаков", "Эмилия Шмидт")
LEAVER: Final = "Никита Ли"
LABELS: Final = (
    "iPhone · Safari",
    "Android · Chrome",
    "Android · Samsung Internet",
    "iPad · Safari",
    "Windows · Yandex",
)
ENDS: Final = ("ended", "ended", "hidden", "closed_hours", "idle", "paused", "lost", "elsewhere")
REQUESTS: Final[Mapping[int, tuple[str, str, RequestState | None]]] = {
    12: ("Әйгерім Жанарова", "Арман Жанаров", "granted"),
    9: ("Мария Соколова", "Лев Соколов", "refused"),
    7: ("Ирина Ким", "Дана Ким", "closed"),
    2: ("Оксана Петренко", "Алиса Петренко", None),
    1: ("Салтанат Әбілқасымова-Жұмағалиева", "Мадина Әбілқасымқызы", None),
}
"""Who asked for a recording how many days ago, and the answer."""


@dataclass
class Times:
    """A clock that is turned by hand."""

    now: datetime

    def __call__(self) -> int:
        """Return µs since 1970."""
        return round(self.now.timestamp() * 1_000_000)


@dataclass
class Planter:
    """Writes two weeks of a kindergarten's life, with the engine's own hands."""

    people: People
    times: Times
    rooms: Mapping[str, str]
    until: datetime
    devices: dict[str, list[str]] = field(default_factory=dict)

    def plant(self) -> None:
        """Write all of it."""
        self._list()
        self._forms()
        self._phones()
        for days in range(14, 0, -1):
            self._day(self.until.astimezone(ALMATY).date() - timedelta(days=days))
            if asked := REQUESTS.get(days):
                self._ask(*asked)
        self.times.now = self.until

    def guardian(self, name: str) -> str:
        """Return a guardian's id."""
        return next(each.id for each in self.people.snapshot.guardians.values() if each.name == name)

    def child(self, name: str) -> str:
        """Return a child's id."""
        return next(each.id for each in self.people.snapshot.children.values() if each.name == name)

    def _list(self) -> None:
        people, first = self.people, self.times.now.astimezone(ALMATY).date()
        people.apply(people.preview(LIST, first), first)
        for group in list(people.snapshot.groups.values()):
            room = self.rooms.get(GROUPS[group.name])
            people.change_group(group.id, group.name, room, group.name == LAMB)
        for name in MORE:
            people.add_guardian(name, "+77010000000", "kk", first)
        people.link(self.guardian(MORE[0]), self.child("Нұрислам Бекболатұлы"))
        people.link(self.guardian(MORE[0]), self.child("Айзере Мұхтарқызы"))
        people.link(self.guardian(MORE[1]), self.child("Варвара Никитина"))
        for name, relative, until in (
            (RELATIVE, True, None),
            (ENDED, False, self.until.astimezone(ALMATY).date() - timedelta(days=3)),
        ):
            known = people.snapshot.guardians[self.guardian(name)]
            people.change_guardian(known.id, name, known.phone, known.language, first, relative, until)

    def _forms(self) -> None:
        snapshot = self.people.snapshot
        pairs = [
            (self._signer(child), child.id)
            for child in snapshot.children.values()
            if child.name not in WITHOUT_FORM
        ]
        self._later(days=2)
        for purpose in ("parent_live", "recording_notice"):
            self.people.tick_consents(pairs, purpose)
        self._later(days=5)
        father = (self.guardian("Олег Соколов"), self.child("Лев Соколов"))
        self.people.tick_consents([father], "parent_live", "refused")
        anna = (self.guardian("Anna Schmidt"), self.child("Эмилия Шмидт"))
        self.people.tick_consents([anna], "parent_live")
        self.people.tick_consents([anna], "parent_live", "withdrawn")

    def _signer(self, child: Child) -> str:
        """Return who signs for a child: who will have left soon for one of them, never who is shut out later."""
        snapshot = self.people.snapshot
        guardians = [snapshot.guardians[each] for each in snapshot.guardians_of(child.id)]
        may = [each for each in guardians if not each.relative and each.name != BLOCKED]
        return min(may, key=lambda each: (each.name != ENDED, each.name)).id

    def _phones(self) -> None:
        self._later(days=21)
        snapshot = self.people.snapshot
        chosen = [each for each in snapshot.guardians.values() if each.name not in {*MORE, "Асель Жумабаева"}]
        for at, guardian in enumerate(chosen):
            self._later(minutes=10)
            for number in range(3 if at == 0 else 1 + at % 2):
                self._pair(guardian.id, LABELS[(at + number) % len(LABELS)])
        self.people.block(self.guardian(BLOCKED))
        self.people.revoke_device(self.devices[self.guardian("Ерлан Жанаров")][0])

    def _pair(self, guardian_id: str, label: str) -> None:
        self.people.open_window("door")
        pairing = self.people.begin(label)
        self.people.approve(pairing.id, guardian_id, "door")
        credentials = self.people.poll(pairing.id, pairing.key).credentials
        assert credentials is not None
        self.devices.setdefault(guardian_id, []).append(credentials.device_id)

    def _day(self, day: date) -> None:
        """Let some guardians watch on a working day, each for a while."""
        if day.weekday() > 4:
            return
        for at, (guardian_id, devices) in enumerate(self.devices.items()):
            if (at + day.day) % 3:
                continue
            self.times.now = datetime(day.year, day.month, day.day, 8, 30, tzinfo=ALMATY) + timedelta(
                minutes=17 * at
            )
            child = min(
                self.people.snapshot.children_of(guardian_id),
                key=lambda each: self.people.snapshot.children[each].name,
            )
            self.people.touch(devices[0])
            viewing = self.people.begin_viewing(devices[0], self._room_of(child))
            self._later(minutes=2 + 5 * at % 37)
            self.people.end_viewing(viewing, ENDS[(at + day.day) % len(ENDS)])

    def _ask(self, guardian: str, child: str, answer: RequestState | None) -> None:
        """Have a guardian ask for a recording of the morning, and the owner answer."""
        ids, end_us = (self.guardian(guardian), self.child(child)), self.times() - 3_600_000_000
        number = self.people.add_request(*ids, self._room_of(ids[1]), end_us - 2_700_000_000, end_us)
        if answer != "refused":
            self.people.set_request_hold(number, secrets.token_hex(8))
        if answer:
            self.people.decide_request(number, answer, "owner")

    def _room_of(self, child_id: str) -> str:
        group = self.people.snapshot.groups[self.people.snapshot.memberships_of(child_id)[-1].group_id]
        assert group.room_id is not None
        return group.room_id

    def _later(self, **span: float) -> None:
        self.times.now += timedelta(**span)


def plant(folder: Path, rooms: Mapping[str, str]) -> None:
    """Write the families into Home Assistant's private storage while nobody has it open.

    `rooms` holds ids by names. Nothing of an earlier file stays but its key.
    """
    for path in folder.glob("people.db*"):
        path.unlink()
    until = datetime.now(UTC)
    times = Times(until.astimezone(ALMATY).replace(hour=8, minute=20) - timedelta(days=40))
    people = People.open(folder, times, secrets.token_bytes)
    try:
        people.set_locked(False)
        Planter(people=people, times=times, rooms=rooms, until=until).plant()
        people.leave(_id(people, LEAVER), until.astimezone(ALMATY).date() - timedelta(days=2))
    finally:
        people.close()


def _id(people: People, name: str) -> str:
    return next(each.id for each in people.snapshot.children.values() if each.name == name)
