"""The power goes between any two durable steps: no hold is ever lost, and nothing is sealed wrongly or twice."""

from collections.abc import Callable, Iterator
from contextlib import suppress
import random
import sqlite3

import pytest

from kindergarten_engine.errors import RequestError
from kindergarten_engine.recorder.store.views import StoreSettings

from ..holds.site import DAY_US, HALL, HOUR_US, YARD, Site
from ..virtual import PowerCut
from .test_seals import records, states

ADMINISTRATORS = {"owner": 0, "head": 0}
SEEDS = 60

MANY_STEPS = pytest.mark.parametrize(
    ("forget", "stride"), [(False, 2), (True, 3), *(pytest.param(each, 1, marks=pytest.mark.long) for each in (False, True))]
)  # fmt: skip

type Act = Callable[[Site], object]


def cuts(prepare: Callable[[], Site], act: Act, *, forget: bool, stride: int = 1) -> Iterator[Site]:
    """Yield sites that lost power before each (of `stride`) durable step of an act, and started again."""
    for step in range(1, 2000, stride):
        site = prepare()
        site.env.disk.fuse = step
        try:
            act(site)
        except PowerCut:
            site.restart(forget_catalog=forget)
            yield site
        else:
            site.env.disk.fuse = None
            assert step > 3, "there was nothing to cut"
            return
    raise AssertionError("it never ends")


def some_hours() -> Site:
    site = Site(days=2)
    site.hours(3)
    return site


def with_hold() -> Site:
    site = some_hours()
    site.uid = site.hold(0, site.now)
    return site


def before_the_end() -> Site:
    """Everybody agreed, and the three days are nearly over."""
    site = with_hold()
    site.evidence.holds.lift(site.uid, "owner", ADMINISTRATORS)
    site.evidence.holds.lift(site.uid, "head", ADMINISTRATORS)
    for _ in range(8):
        site.env.advance(9 * 3600 - 10)
        site.store.step()
    site.env.advance(200)
    return site


def midnight() -> Site:
    """A day has just ended and is about to be sealed."""
    site = Site(days=30)
    site.hours(9)
    site.env.advance(58 * 60)
    return site


def work(site: Site) -> None:
    for _ in range(3):
        site.env.advance(61)
        site.store.step()


@pytest.mark.parametrize("forget", [False, True])
def test_a_hold_that_was_promised_is_never_lost(forget: bool) -> None:
    for site in cuts(some_hours, lambda site: site.hold(0, site.now), forget=forget):
        holds = site.evidence.holds.views()
        assert len(holds) <= 1  # it was not promised: the power went before
        again = site.hold(0, site.now)
        site.restart(forget_catalog=forget)
        assert again in {each.uid for each in site.evidence.holds.views() if each.state == "held"}
        assert "hold_deleted" not in site.look()


@pytest.mark.parametrize("forget", [False, True])
def test_asking_to_lift_loses_no_hold(forget: bool) -> None:
    lift: Act = lambda site: site.evidence.holds.lift(site.uid, "owner", ADMINISTRATORS)  # noqa: E731
    for site in cuts(with_hold, lift, forget=forget):
        assert site.view(site.uid).state in {"held", "lift_asked"}


@pytest.mark.parametrize("forget", [False, True])
def test_lifting_happens_once_and_only_after_its_time(forget: bool) -> None:
    seen = set()
    for site in cuts(before_the_end, work, forget=forget):
        seen.add(site.view(site.uid).state)
        work(site)
        lifted = [record for record in records(site, "lift") if record.data["step"] == "done"]
        assert len(lifted) <= 1
        assert (site.view(site.uid).state == "lifted") == bool(lifted)
    assert seen <= {"lift_asked", "lifted"}


@MANY_STEPS
def test_a_day_is_sealed_and_signed_once_wherever_the_power_goes(forget: bool, stride: int) -> None:
    count = 0
    for site in cuts(midnight, work, forget=forget, stride=stride):
        count += 1
        for _ in range(4):
            work(site)
        (seal,) = records(site, "seal")
        heads = [record.data["day"] for record in records(site, "head")]
        assert len(heads) == len(set(heads))
        assert seal.data["day"] == heads[-1]
        assert seal.data["files"] == states(site)["sealed"] == 18
        assert len(records(site, "key")) == 1
        hours = [record.data["hour"] for record in records(site, "hour")]
        assert len(hours) == len(set(hours))
        assert site.look() == []
        assert site.store.check(content=True) == []
    assert count > 30 // stride


@MANY_STEPS
def test_a_new_key_takes_over_whole_or_not_at_all(forget: bool, stride: int) -> None:
    for site in cuts(midnight, lambda site: site.evidence.heads.rotate(), forget=forget, stride=stride):
        for _ in range(4):
            work(site)
        assert site.look() == []
        assert records(site, "head")[-1].data["key"] == records(site, "key")[-1].data["fingerprint"]


class Life:
    """A site under a seed, and the holds that were promised."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.site = Site(seed, days=2, capacity=self.dice.choice([1 << 20, 1 << 40]), size=600)
        self.promised: set[str] = set()
        self.asked: set[str] = set()

    def turn(self) -> None:
        """Let something happen."""
        act = self.dice.choices(
            [self.hours, self.hold, self.lift, self.cancel, self.clock, self.clean], [6, 2, 2, 1, 0.5, 1]
        )
        act[0]()

    def hours(self) -> None:
        self.site.hours(self.dice.randint(1, 12))

    def hold(self) -> None:
        now = self.site.now
        start = now - self.dice.randint(1, 72) * HOUR_US
        until = self.dice.choice([None, None, now + self.dice.randint(1, 96) * HOUR_US])
        uid = self.site.hold(
            start, start + self.dice.randint(1, 40) * HOUR_US, self.dice.choice([HALL, YARD]), until=until and until + DAY_US * 3,
            incident=self.dice.random() < 0.5,
        )  # fmt: skip
        if until is None:
            self.promised.add(uid)

    def lift(self) -> None:
        if self.promised:
            uid = self.dice.choice(sorted(self.promised))
            self.asked.add(uid)
            self.promised.discard(uid)
            self.site.evidence.holds.lift(uid, "owner", {"owner": 0})

    def cancel(self) -> None:
        if self.asked:
            uid = self.dice.choice(sorted(self.asked))
            self.site.evidence.holds.cancel(uid, "owner")
            self.asked.discard(uid)
            self.promised.add(uid)

    def clock(self) -> None:
        self.site.env.step_clock(self.dice.choice([-7200, 5, 3600, 86_400 * 400, -86_400 * 3]))

    def clean(self) -> None:
        self.site.store.retention_pass()

    def check(self) -> None:
        """Look whether all that was promised is there."""
        held = {each.uid for each in self.site.evidence.holds.views() if each.state != "lifted"}
        assert self.promised <= held
        wrong = set(self.site.look()) - {"clock_back", "not_signed"}
        assert not wrong
        assert self.site.store.check(content=True) == []


@pytest.mark.parametrize(
    "group", [0, 1, *(pytest.param(group, marks=pytest.mark.long) for group in range(2, 6))]
)
def test_no_hold_is_lost_in_many_lives(group: int) -> None:
    for seed in range(group, SEEDS, 6):
        life = Life(seed)
        try:
            for _ in range(life.dice.randint(1, 4)):
                life.site.env.disk.fuse = life.dice.randint(1, 3000)
                try:
                    for _ in range(8):
                        # What cannot be, or finds the disk full, is refused: nothing was promised.
                        with suppress(RequestError, OSError, sqlite3.Error):
                            life.turn()
                except PowerCut:
                    pass
                life.site.restart(forget_catalog=life.dice.random() < 0.3)
                life.check()
        except (Exception, PowerCut) as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error


def test_forty_days_of_two_cameras_hold_together() -> None:
    site = Site(days=30)
    site.settings = StoreSettings(
        file_s=300, days=30, minimum_days=30, ballast_bytes=0, time_zone="Asia/Almaty"
    )
    site.env.synced = True
    site.restart()
    hold = ""
    for day in range(40):
        for _ in range(8):
            site.hours(1)
            site.env.advance(2 * 3600)
        if day == 3:
            hold = site.hold(site.now - 12 * HOUR_US, site.now)
        if day % 7 == 6:
            site.restart(power=day % 2 == 0, forget_catalog=day == 20)
    held = [each for each in site.footage() if each[0] < site.now - 32 * DAY_US]
    assert len(held) in {4, 5}
    assert site.view(hold).state == "held"
    assert site.footage(YARD)[0][0] > site.now - 31 * DAY_US
    assert len({record.data["day"] for record in records(site, "head")}) >= 38
    assert site.look() == []
    assert site.store.check() == []
