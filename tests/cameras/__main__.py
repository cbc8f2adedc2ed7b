"""Runs a fleet by hand or for a bench; the commands are in `script/cameras --help`."""

import argparse
from dataclasses import replace
import json
import signal
import sys
from typing import Any

from .camera import FAULTS, SimulatedCamera
from .clips import BENCH_MAIN, TEST_MAIN, TEST_SUB, ClipSpec, labelled
from .fleet import Fleet

_EPILOG = """Prints one line of JSON with the addresses, then obeys lines of JSON on standard input:
{"camera": "cam1", "fault": "stall"}  {"camera": "cam1", "fault": "burst", "arguments": {"hold_s": 4}}
{"camera": "cam1", "ask": "sessions", "stream": "main"} (or "connects", "sent").
Each is answered with {"answer": …} or {"error": …}. Ends at the end of input, or with --keep on SIGTERM only."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="cameras", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--port-base", type=int, default=0, help="first port; 0 takes free ones")
    parser.add_argument("--bench", action="store_true", help="1080p, 4 Mbit/s, loop of 10 s")
    parser.add_argument("--codec", choices=("h264", "h265"))
    parser.add_argument("--size", help="WIDTHxHEIGHT")
    parser.add_argument("--fps", type=float)
    parser.add_argument("--gop", type=float, help="seconds")
    parser.add_argument("--bitrate", type=int, help="bits per second")
    parser.add_argument("--no-sub", action="store_true")
    parser.add_argument("--sub-size", help="WIDTHxHEIGHT of the sub stream")
    parser.add_argument("--sub-bitrate", type=int, help="bits per second of the sub stream")
    parser.add_argument("--audio", choices=("aac", "pcma", "pcmu"))
    parser.add_argument("--auth", choices=("none", "basic", "digest"), default="none")
    parser.add_argument("--user", default="viewer")
    parser.add_argument("--password-stdin", action="store_true", help="the first input line is the password")
    parser.add_argument("--labels", action="store_true", help="write the name into the picture")
    parser.add_argument("--stagger", action="store_true", help="spread key frames (the clock shown is late)")
    parser.add_argument("--keep", action="store_true", help="go on at the end of input")
    return parser.parse_args()


def _clip(given: argparse.Namespace) -> ClipSpec:
    clip = BENCH_MAIN if given.bench else TEST_MAIN
    changes: dict[str, Any] = {
        "codec": given.codec,
        "fps": given.fps,
        "gop_s": given.gop,
        "bitrate": given.bitrate,
    }
    if given.size:
        changes["width"], changes["height"] = (int(value) for value in given.size.split("x"))
    return replace(clip, **{name: value for name, value in changes.items() if value is not None})


def _sub(given: argparse.Namespace) -> ClipSpec | None:
    if given.no_sub:
        return None
    clip = TEST_SUB
    if given.sub_size:
        width, height = (int(value) for value in given.sub_size.split("x"))
        clip = replace(clip, width=width, height=height)
    return replace(clip, bitrate=given.sub_bitrate) if given.sub_bitrate else clip


def _fleet(given: argparse.Namespace) -> Fleet:
    password = sys.stdin.readline().rstrip("\n") if given.password_stdin else "kindergarten"
    main = _clip(given)
    cameras = []
    for number in range(1, given.cameras + 1):
        name = f"cam{number}"
        sub = _sub(given)
        cameras.append(
            SimulatedCamera(
                name=name,
                main=labelled(main, name) if given.labels else main,
                sub=labelled(sub, name) if given.labels and sub else sub,
                user=given.user,
                password=password,
                auth=given.auth,
                audio=given.audio,
                phase_s=main.gop_s * (number - 1) / given.cameras if given.stagger else 0,
                port=given.port_base + number - 1 if given.port_base else 0,
            )
        )
    return Fleet(cameras)


def _obey(fleet: Fleet, line: str) -> dict[str, object]:
    try:
        command = json.loads(line)
        camera = fleet[command["camera"]]
        if "fault" in command:
            FAULTS[command["fault"]](camera, **command.get("arguments", {}))
            return {"answer": None}
        stream = command.get("stream", "main")
        match command["ask"]:
            case "sent":
                fields = ("number", "wall_us", "mono_ns", "key", "whole", "sessions")
                return {"answer": [[getattr(sent, name) for name in fields] for sent in camera.sent(stream)]}
            case "sessions":
                return {"answer": camera.sessions(stream)}
            case "connects":
                return {"answer": camera.connects(stream)}
            case other:
                return {"error": f"unknown question {other}"}
    except (ValueError, KeyError, TypeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Run until told to end."""
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _fleet(given) as fleet:
        cameras = [
            {"name": camera.name, "main": camera.url("main")}
            | ({} if camera.sub is None else {"sub": camera.url("sub")})
            for camera in fleet
        ]
        print(json.dumps({"cameras": cameras}), flush=True)
        for line in sys.stdin:
            print(json.dumps(_obey(fleet, line)), flush=True)
        while given.keep:
            signal.pause()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"cameras: {error}")
