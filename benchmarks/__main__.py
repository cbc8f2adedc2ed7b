"""`script/bench`: one subcommand per measurement; the last line of `--json` is one object."""

import argparse
import asyncio
import json
import sys
from typing import Any

from . import (
    alerts_bench,
    catalog_bench,
    export_bench,
    eyes_bench,
    faults_bench,
    frigate_bench,
    glass_bench,
    kills_bench,
    portal_bench,
    power_bench,
    preallocation_bench,
    purge_bench,
    reconnects_bench,
    recorder_bench,
    rotation_bench,
    small_disk,
    upgrade_bench,
    viewers_bench,
)

type Figures = dict[str, Any]


def _recorder(options: argparse.Namespace) -> Figures:
    figures = asyncio.run(recorder_bench.measure(options))
    return figures if options.no_catalog else figures | _catalog(options)


def _catalog(_options: argparse.Namespace) -> Figures:
    return {"catalog": catalog_bench.run()}


def _export(_options: argparse.Namespace) -> Figures:
    return {"export": export_bench.run()}


def _eyes(options: argparse.Namespace) -> Figures:
    return {"eyes": eyes_bench.run(options)}


def _alerts(options: argparse.Namespace) -> Figures:
    options.disk = small_disk.enter("benchmarks", options.arguments)
    return asyncio.run(alerts_bench.measure(options))


def _endurance(kinds: Any) -> None:
    """Add what is repeated very often: a few by default, as many as the targets say by option."""
    rotation = kinds.add_parser("rotation", help="thousands of files of 2 seconds, H.264 and H.265")
    rotation.set_defaults(run=lambda options: asyncio.run(rotation_bench.measure(options)))
    rotation.add_argument("--rotations", type=int, default=500, help="10000 for the whole of it")
    reconnects = kinds.add_parser("reconnects", help="what is left behind by cameras that hang up")
    reconnects.set_defaults(run=lambda options: asyncio.run(reconnects_bench.measure(options)))
    reconnects.add_argument("--reconnects", type=int, default=100, help="1000 for the whole of it")
    viewers = kinds.add_parser("viewers", help="many viewers of one camera: delay, memory, camera sessions")
    viewers.set_defaults(run=lambda options: asyncio.run(viewers_bench.measure(options)))
    viewers.add_argument("--viewers", type=int, default=20)
    viewers.add_argument("--seconds", type=float, default=20)
    upgrade = kinds.add_parser("upgrade", help="how long nobody records when the engine is replaced")
    upgrade.set_defaults(run=lambda options: asyncio.run(upgrade_bench.measure(options)))
    upgrade.add_argument("--upgrades", type=int, default=5)
    upgrade.add_argument("--gop", type=float, default=2, help="seconds between key frames")
    purge = kinds.add_parser("purge", help="how long writes wait while ten times as much is deleted")
    purge.set_defaults(run=purge_bench.measure)
    purge.add_argument("--seconds", type=float, default=20)
    ahead = kinds.add_parser(
        "preallocation", help="whether room taken ahead makes files that grow together better"
    )
    ahead.set_defaults(run=preallocation_bench.measure)
    ahead.add_argument("--folder", help="on the disk to measure")
    ahead.add_argument("--seconds", type=int, default=60, help="of 16 cameras of 4 Mbit/s")
    ahead.add_argument("--rounds", type=int, default=3)
    power = kinds.add_parser("power", help="what a power cut costs, simulated and (as root) on a real ext4")
    power.set_defaults(run=lambda options: asyncio.run(power_bench.measure(options)))
    power.add_argument("--cuts", type=int, default=3, help="real ones; 20 for the whole of it")
    power.add_argument("--simulated", type=int, default=200, help="5000 for the whole of it")
    power.add_argument("--seed", type=int, help="of an earlier run")
    for many, cameras in (
        (rotation, 20),
        (reconnects, 16),
        (viewers, 4),
        (purge, 16),
        (power, 4),
        (upgrade, 16),
    ):
        many.add_argument("--cameras", type=int, default=cameras)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    kinds = parser.add_subparsers(dest="kind", required=True)
    recorder = kinds.add_parser("recorder", help="the engine beside one ffmpeg per camera, run in turns")
    recorder.set_defaults(run=_recorder)
    recorder.add_argument("--cameras", type=int, default=16)
    recorder.add_argument("--seconds", type=int, default=40, help="of each measured window")
    recorder.add_argument("--rounds", type=int, default=3)
    recorder.add_argument("--size", default="1920x1080")
    recorder.add_argument("--bitrate", type=int, default=4_000_000, help="bits per second")
    recorder.add_argument(
        "--no-catalog", action="store_true", help="leave out the catalog of 16 cameras × 30 days"
    )
    kinds.add_parser("catalog", help="size and query times of 16 cameras × 30 days").set_defaults(
        run=_catalog
    )
    kinds.add_parser("export", help="an export beside cp of the same files").set_defaults(run=_export)
    kills = kinds.add_parser("kills", help="what a recorder that is killed at random moments loses")
    kills.set_defaults(run=lambda options: asyncio.run(kills_bench.measure(options)))
    kills.add_argument("--kills", type=int, default=50)
    kills.add_argument(
        "--age", type=float, default=0, help="seconds recorded before the first: how long its files are"
    )
    faults = kinds.add_parser("faults", help="what is said of cameras that misbehave at random")
    faults.set_defaults(run=lambda options: asyncio.run(faults_bench.measure(options)))
    faults.add_argument("--seconds", type=float, default=1800)
    for random in (kills, faults):
        random.add_argument("--cameras", type=int, default=16)
        random.add_argument("--seed", type=int, help="of an earlier run")
    eyes = kinds.add_parser("eyes", help="how well covered, turned, dark and frozen cameras are noticed")
    eyes.set_defaults(run=_eyes)
    eyes.add_argument("--days", type=int, default=3, help="that each drawn camera lives ordinarily")
    eyes.add_argument("--seeds", type=int, default=1, help="rooms of each kind, and days of each manner")
    eyes.add_argument("--first-seed", type=int, default=0, help="other rooms for another one")
    eyes.add_argument("--rooms", type=int, default=8, help="kinds of rooms that live ordinary days")
    eyes.add_argument("--tries", type=int, default=6, help="of each fault in each of these rooms")
    eyes.add_argument("--processes", type=int, default=2)
    portal = kinds.add_parser("portal", help="parents who watch a real Home Assistant that records")
    portal.set_defaults(run=lambda options: asyncio.run(portal_bench.measure(options)))
    portal.add_argument("--viewers", type=int, default=100)
    portal.add_argument("--cameras", type=int, default=8)
    portal.add_argument("--seconds", type=float, default=120)
    portal.add_argument("--size", default="1920x1080", help="of the recorded streams")
    portal.add_argument(
        "--bitrate", type=int, default=4_000_000, help="of the recorded streams, bits per second"
    )
    portal.add_argument("--folder", help="where the archive is made for the time of the bench")
    glass = kinds.add_parser("glass", help="how old the picture is that parents see in Chromium")
    glass.set_defaults(run=lambda options: asyncio.run(glass_bench.measure(options)))
    glass.add_argument("--cameras", type=int, default=4)
    glass.add_argument("--phones", type=int, default=1)
    glass.add_argument("--seconds", type=float, default=120)
    frigate = kinds.add_parser("frigate", help="a month of a Frigate server's cameras, and an hour more")
    frigate.set_defaults(run=lambda options: asyncio.run(frigate_bench.measure(options)))
    frigate.add_argument("--cameras", type=int, default=16)
    frigate.add_argument("--days", type=int, default=30)
    frigate.add_argument("--version", default="0.17", choices=("0.16", "0.17", "0.18"))
    _endurance(kinds)
    alerts = kinds.add_parser(
        "alerts", help="what an owner is told of each fault, by a real Home Assistant, and when"
    )
    alerts.set_defaults(run=_alerts)
    for kind in kinds.choices.values():
        kind.add_argument("--json", action="store_true", dest="json_too", help=argparse.SUPPRESS)
    return parser


def main(arguments: list[str]) -> int:
    """Run one measurement and print it."""
    options = _parser().parse_args(arguments, argparse.Namespace(arguments=arguments))
    figures: Figures = options.run(options)
    if not (options.json or options.json_too):
        for name, value in figures.items():
            print(f"{name:24} {value}")
    else:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
