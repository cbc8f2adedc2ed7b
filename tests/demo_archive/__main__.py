"""`python -m tests.demo_archive --days 31 --cameras 8 --out DIR`: prints one JSON object about what it made."""

import argparse
import json
from pathlib import Path
import sys
import time

from .builder import Builder


def main() -> int:
    """Make a demo archive in a missing or empty folder."""
    parser = argparse.ArgumentParser(prog="script/demo-archive", description=__doc__)
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--out", type=Path, required=True, help="a folder that is missing or empty")
    parser.add_argument("--file-s", type=int, default=300, help="length of a recording in seconds, tens")
    parser.add_argument("--time-zone", default="Asia/Almaty", help="of the days that are sealed")
    parser.add_argument("--end", type=int, help="UTC seconds of the last picture; default: now")
    options = parser.parse_args()
    started = time.monotonic()
    end_s = options.end or int(time.time()) // 60 * 60
    shown = -1.0

    def progress(share: float) -> None:
        nonlocal shown
        if sys.stderr.isatty() and share - shown > 0.01:
            shown = share
            sys.stderr.write(f"\r{share:4.0%}")

    builder = Builder(
        options.out.absolute(), days=options.days, cameras=options.cameras, end_us=end_s * 1_000_000,
        file_s=options.file_s, zone=options.time_zone,
    )  # fmt: skip
    archive_id = builder.build(progress)
    made = list((options.out / "video").rglob("*.mp4"))
    print(
        json.dumps(
            {
                "archive_id": archive_id, "files": len(made), "bytes": sum(each.stat().st_size for each in made),
                "end_us": end_s * 1_000_000, "seconds": round(time.monotonic() - started, 1),
            },
        )
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
