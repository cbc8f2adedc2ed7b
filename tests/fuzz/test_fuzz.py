"""The first inputs of a seed of `script/fuzz`, the same each time; `KINDERGARTEN_FUZZ_SEED` takes another seed."""

from collections.abc import Iterator
import os

import pytest

from . import archive, requests, streams
from .harness import Target, feed

SEED = int(os.environ.get("KINDERGARTEN_FUZZ_SEED", "1"))
INPUTS = {
    "rtsp": 5_000,
    "sdp": 20_000,
    "wire": 20_000,
    "rtp_h264": 2_500,
    "nal_h264": 30_000,
    "rtp_h265": 7_500,
    "nal_h265": 40_000,
    "mp4": 10_000,
    "index": 50_000,
    "seal": 30_000,
    "ledger": 15_000,
    "ledger_opened": 250,
    "catalog": 200,
    "catalog_values": 250,
    "api": 15_000,
}
"""About a second each: not so much time, for then a quick machine would try what a slow one never saw."""


@pytest.fixture(scope="module")
def targets() -> Iterator[dict[str, Target]]:
    """Give all targets by name."""
    with archive.targets() as on_disk:
        yield {target.name: target for target in (*streams.targets(), *on_disk, *requests.targets())}


def test_every_target_has_its_turn(targets: dict[str, Target]) -> None:
    assert sorted(targets) == sorted(INPUTS)


@pytest.mark.parametrize("name", INPUTS)
def test_right_inputs_are_taken(targets: dict[str, Target], name: str) -> None:
    for data in targets[name].seeds[:10]:
        targets[name].take(data)


@pytest.mark.parametrize("name", INPUTS)
def test_nothing_escapes_and_nothing_hangs(targets: dict[str, Target], name: str) -> None:
    outcome = feed(targets[name], seed=SEED, inputs=INPUTS[name], seconds=float("inf"))
    assert not outcome.findings, (
        f"script/fuzz --seed {SEED} --again {name} {outcome.findings[0].number}\n{outcome.findings[0].what}"
    )
    assert outcome.inputs == INPUTS[name]


def test_what_escapes_is_found(targets: dict[str, Target]) -> None:
    def fragile(data: bytes) -> None:
        if b"\xff\xff" in data:
            raise IndexError("too far")

    outcome = feed(
        Target(name="fragile", seeds=(b"abc",), take=fragile), seed=1, inputs=5000, seconds=float("inf")
    )
    assert outcome.findings
    assert "too far" in outcome.findings[0].what
