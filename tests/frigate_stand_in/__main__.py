"""Runs a stand-in by hand, for a bench, or in a process of its own."""

import argparse
import json
import signal
import sys

from .settings import ADMIN, PASSWORD, Settings
from .stand_in import StandIn

_EPILOG = """Prints one line of JSON with the addresses, then obeys lines of JSON on standard input:
{"do": "add_hole", "arguments": {"camera": "cam1", "start": 1795000000, "end": 1795000600}}
with the methods of `tests.frigate_stand_in.Control`. Each is answered with {"answer": …} or {"error": …}.
Ends at the end of input, or with --keep on SIGTERM only."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="frigate_stand_in", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", default="0.17", help="0.15 to 0.19, or in full: 0.17.1")
    parser.add_argument("--cameras", default="4", help="how many (cam1, …), or ids with commas")
    parser.add_argument("--days", type=float, default=30, help="of history")
    parser.add_argument("--keep-days", type=float, default=31, help="written into its configuration")
    parser.add_argument("--port", type=int, default=0, help="without login; 0 takes a free one")
    parser.add_argument("--tls-port", type=int, default=0, help="with login")
    parser.add_argument("--rtsp", action="store_true", help="run the restream too")
    parser.add_argument("--rtsp-port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--labels", action="store_true", help="write the cameras' names into the pictures")
    parser.add_argument("--password-stdin", action="store_true", help="the first input line is the password")
    parser.add_argument("--keep", action="store_true", help="go on at the end of input")
    return parser.parse_args()


def _settings(given: argparse.Namespace) -> Settings:
    password = sys.stdin.readline().rstrip("\n") if given.password_stdin else PASSWORD
    cameras = int(given.cameras) if given.cameras.isdigit() else tuple(given.cameras.split(","))
    return Settings(
        version=given.version,
        cameras=cameras,
        days=given.days,
        keep_days=given.keep_days,
        labels=given.labels,
        user=ADMIN,
        password=password,
        host=given.host,
        internal_port=given.port,
        external_port=given.tls_port,
        rtsp=given.rtsp or bool(given.rtsp_port),
        rtsp_port=given.rtsp_port,
    )


def _obey(server: StandIn, line: str) -> dict[str, object]:
    try:
        command = json.loads(line)
        if command["do"].startswith("_"):
            return {"error": "not a method"}
        return {"answer": getattr(server.control, command["do"])(**command.get("arguments", {}))}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Run until told to end."""
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with StandIn(_settings(given)) as server:
        said = {
            "internal": server.internal_url,
            "external": server.external_url,
            "rtsp": server.rtsp_url,
            "fingerprint": server.fingerprint,
            "cameras": list(server.settings.names),
        }
        print(json.dumps(said), flush=True)
        for line in sys.stdin:
            print(json.dumps(_obey(server, line)), flush=True)
        while given.keep:
            signal.pause()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"frigate_stand_in: {error}")
