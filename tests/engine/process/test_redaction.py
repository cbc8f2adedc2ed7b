"""What is taken out of every text before it is logged."""

import logging
from pathlib import Path

import pytest

from kindergarten_engine import log
from kindergarten_engine.redaction import Redactor

SECRET = "p@ss w0rd/%'"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("opening rtsp://owner:hunter2@cam/1", "opening rtsp://****@cam/1"),
        ("rtsp://owner:hun@ter@cam/1?x=1", "rtsp://****@cam/1?x=1"),
        ("http://cam/?user=a&password=b c", "http://cam/?user=****&password=**** c"),
        ("http://127.0.0.1:1/live/1.ts?auth=abcdef", "http://127.0.0.1:1/live/1.ts?auth=****"),
        ("Authorization: Basic b3duZXI6aHVudGVyMg==", "Authorization: Basic ****"),
        ("rtsp://cam/1 answers 404", "rtsp://cam/1 answers 404"),
    ],
)
def test_logins_are_known_by_their_shape(text: str, clean: str) -> None:
    assert Redactor().clean(text) == clean


@pytest.mark.parametrize(
    "spelling", [SECRET, "p%40ss%20w0rd/%25%27", "p%40ss%20w0rd%2F%25%27", repr(SECRET)[1:-1]]
)
def test_secret_is_taken_out_in_every_spelling(spelling: str) -> None:
    redactor = Redactor()
    redactor.know([SECRET])
    assert redactor.clean(f"a {spelling} b") == "a **** b"


def test_log_holds_no_secret_even_in_tracebacks(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.know([SECRET])
    path = tmp_path / "engine.log"
    root = logging.getLogger()
    level, raising = root.level, logging.raiseExceptions
    handler = log.start(str(path), redactor)
    try:
        try:
            raise ValueError(SECRET)
        except ValueError:
            root.exception("failed with %s", SECRET)
    finally:
        root.removeHandler(handler)
        handler.close()
        root.setLevel(level)
        logging.raiseExceptions = raising
    text = path.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert SECRET not in text
