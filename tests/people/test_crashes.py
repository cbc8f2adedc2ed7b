"""Whatever happens in whatever order: what is in memory is what is in the file, and a kill loses nothing told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
import multiprocessing
from multiprocessing.connection import Connection
import os
from pathlib import Path
import random
import signal
import time

import pytest

from kindergarten_engine.people.errors import PeopleError
from kindergarten_engine.people.snapshot import Snapshot

from .house import FIRST_DAY, HOUR_US, ROOM, House

type Step = Callable[[House, random.Random], object]


def _any(found: object, dice: random.Random) -> str:
    ids = sorted(str(each) for each in found)  # type: ignore[attr-defined]
    return dice.choice(ids) if ids else "nobody"


def _guardian(house: House, dice: random.Random) -> str:
    return _any(house.people.snapshot.guardians, dice)


def _child(house: House, dice: random.Random) -> str:
    return _any(house.people.snapshot.children, dice)


def _device(house: House, dice: random.Random) -> str:
    return _any(house.people.snapshot.devices, dice)


def _group(house: House, dice: random.Random) -> str:
    return _any(house.people.snapshot.groups, dice)


def _day(dice: random.Random) -> date:
    return FIRST_DAY + timedelta(days=dice.randint(-40, 40))


def _pair(house: House, dice: random.Random) -> None:
    house.people.open_window("somebody")
    pairing = house.people.begin("phone")
    house.people.approve(pairing.id, _guardian(house, dice), "somebody")
    house.people.poll(pairing.id, pairing.key)


def _list(house: House, dice: random.Random) -> None:
    text = "\n".join(
        f"Child {dice.randint(0, 9)};G{dice.randint(0, 2)};Name {dice.randint(0, 9)};;" for _ in range(3)
    )
    house.people.apply(house.people.preview(text, FIRST_DAY), FIRST_DAY)


STEPS: tuple[Step, ...] = (
    _list,
    _list,
    _pair,
    lambda h, d: h.phone(_guardian(h, d)),
    lambda h, d: h.phone(_guardian(h, d)),
    lambda h, d: h.people.handoff(_device(h, d)),
    lambda h, d: h.people.touch(_device(h, d)),
    lambda h, d: h.people.revoke_device(_device(h, d)),
    lambda h, d: h.people.block(_guardian(h, d)),
    lambda h, d: h.people.unblock(_guardian(h, d)),
    lambda h, d: h.people.unlink(_guardian(h, d), _child(h, d)),
    lambda h, d: h.people.link(_guardian(h, d), _child(h, d)),
    lambda h, d: h.people.tick_consents([(_guardian(h, d), _child(h, d))], "parent_live"),
    lambda h, d: h.people.enrol(_child(h, d), _group(h, d), _day(d)),
    lambda h, d: h.people.leave(_child(h, d), _day(d)),
    lambda h, d: h.people.move_group(_group(h, d), _group(h, d), _day(d)),
    lambda h, d: h.people.set_presence([_child(h, d)], _day(d)),
    lambda h, d: h.people.pause(ROOM, h.times.wall_us + HOUR_US, "somebody"),
    lambda h, d: h.people.begin_viewing(_device(h, d), ROOM),
    lambda h, d: h.people.set_closures([(_day(d), date(2030, 1, 1), None)]),
    lambda h, d: h.people.set_text_version(d.randint(1, 3)),
    lambda h, d: h.people.remove_guardian(_guardian(h, d)),
    lambda h, d: h.people.forget_family(_child(h, d)),
    lambda h, d: h.people.sweep(FIRST_DAY, 400),
    lambda h, d: h.people.set_floor(h.people.generation + d.randint(0, 1)),
    lambda h, d: h.times.passes(hours=d.randint(0, 200)),
    lambda h, d: h.times.turned(hours=d.randint(-50, 50)),
)


def _known(snapshot: Snapshot, at_us: int) -> Snapshot:
    """Return what does not depend on when it was looked at: a phone whose time is over may still be there."""
    living = {each.id: each for each in snapshot.devices.values() if each.alive(at_us)}
    return replace(snapshot, floor_us=0, devices=living)


def _same_after_restart(house: House, before: Snapshot) -> bool:
    after = house.restart().snapshot
    return _known(after, after.floor_us) == _known(before, after.floor_us)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_in_memory_is_what_is_in_the_file(house: House, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(60):
        before = house.people.snapshot
        try:
            dice.choice(STEPS)(house, dice)
        except PeopleError:
            assert house.people.generation == before.generation
        after = house.people.snapshot
        assert after.floor_us >= before.floor_us
        assert after.generation >= before.generation
        if dice.random() < 0.3:
            assert _same_after_restart(house, after)
    assert _same_after_restart(house, house.people.snapshot)


def _change_for_ever(folder: Path, told: Connection) -> None:
    house = House(folder, tokens=os.urandom)
    number = house.people.generation
    while True:
        house.people.add_child(f"Child {number}")
        number = house.people.generation
        told.send(number)


def test_a_kill_at_any_moment_loses_nothing_that_was_told(house: House) -> None:
    house.group()
    house.close()
    dice = random.Random(1)
    fork = multiprocessing.get_context("fork")
    for _ in range(10):
        hear, tell = fork.Pipe(duplex=False)
        child = fork.Process(target=_change_for_ever, args=(house.folder, tell))
        child.start()
        tell.close()
        last = hear.recv()
        time.sleep(dice.uniform(0, 0.05))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        try:
            while True:
                last = hear.recv()
        except EOFError:
            pass
        assert last <= house.people.generation <= last + 1
        assert len(house.people.snapshot.children) == house.people.generation - 1
        house.close()
