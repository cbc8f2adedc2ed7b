"""`script/fuzz`: feeds everything that reads other people's bytes with wrong ones.

`--inputs N` of each kind (1,000,000 unless told), `--only NAME…`, `--seconds S` at most for each, `--seed N`,
`--again NAME NUMBER` repeats one input of a seed, `--keep FOLDER` keeps what escaped.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
import json
import logging
from pathlib import Path
import random
import sys

from tests import engine_package

engine_package.load()

from tests.fuzz import archive, requests, streams  # noqa: E402
from tests.fuzz.harness import Outcome, Target, feed, made  # noqa: E402


@contextmanager
def everything() -> Iterator[list[Target]]:
    """Give all targets."""
    with archive.targets() as on_disk:
        yield [*streams.targets(), *on_disk, *requests.targets()]


def main() -> int:
    """Feed, print, and fail when something escaped."""
    parser = argparse.ArgumentParser(
        prog="script/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--again", nargs=2, metavar=("NAME", "NUMBER"))
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    with everything() as targets:
        names = {target.name: target for target in targets}
        if options.again:
            names[options.again[0]].take(made(names[options.again[0]], seed, int(options.again[1])))
            return 0
        if unknown := set(options.only or ()) - set(names):
            parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        outcomes = [
            _feed(target, seed, options) for target in targets if target.name in (options.only or names)
        ]
    if options.json:
        print(json.dumps({"seed": seed, "targets": {each.target: each.as_json() for each in outcomes}}))
    return int(any(outcome.findings for outcome in outcomes))


def _feed(target: Target, seed: int, options: argparse.Namespace) -> Outcome:
    outcome = feed(target, seed=seed, inputs=options.inputs, seconds=options.seconds)
    print(f"fuzz: {target.name}: {outcome.as_json()}", file=sys.stderr)
    for finding in outcome.findings[:5]:
        print(f"fuzz: --seed {seed} --again {target.name} {finding.number}\n{finding.what}", file=sys.stderr)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{target.name}-{seed}-{finding.number}").write_bytes(finding.data)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
