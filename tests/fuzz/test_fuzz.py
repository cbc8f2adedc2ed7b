"""Half a seeded minute of `script/fuzz`; `KINDERGARTEN_FUZZ_SEED` takes another seed."""

from collections.abc import Iterator
import os

import pytest

from . import archive, requests, streams
from .harness import Target, feed

SEED = int(os.environ.get("KINDERGARTEN_FUZZ_SEED", "1"))
SECONDS = 2.0
NAMES = (
    "rtsp",
    "sdp",
    "wire",
    "rtp_h264",
    "nal_h264",
    "rtp_h265",
    "nal_h265",
    "mp4",
    "index",
    "seal",
    "ledger",
    "ledger_opened",
    "catalog",
    "catalog_values",
    "api",
)


@pytest.fixture(scope="module")
def targets() -> Iterator[dict[str, Target]]:
    """Give all targets by name."""
    with archive.targets() as on_disk:
        yield {target.name: target for target in (*streams.targets(), *on_disk, *requests.targets())}


def test_every_target_has_its_turn(targets: dict[str, Target]) -> None:
    assert sorted(targets) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_right_inputs_are_taken(targets: dict[str, Target], name: str) -> None:
    for data in targets[name].seeds[:10]:
        targets[name].take(data)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_escapes_and_nothing_hangs(targets: dict[str, Target], name: str) -> None:
    outcome = feed(targets[name], seed=SEED, inputs=200_000, seconds=SECONDS)
    assert not outcome.findings, (
        f"script/fuzz --seed {SEED} --again {name} {outcome.findings[0].number}\n{outcome.findings[0].what}"
    )
    assert outcome.inputs > 20


def test_what_escapes_is_found(targets: dict[str, Target]) -> None:
    def fragile(data: bytes) -> None:
        if b"\xff\xff" in data:
            raise IndexError("too far")

    outcome = feed(Target(name="fragile", seeds=(b"abc",), take=fragile), seed=1, inputs=5000, seconds=20)
    assert outcome.findings
    assert "too far" in outcome.findings[0].what
