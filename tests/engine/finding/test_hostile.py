"""What answers with nonsense, too much or nothing costs neither memory nor for ever."""

import asyncio

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.errors import SourceError
from kindergarten_engine.finding import search
from kindergarten_engine.finding.brands import Layout
from kindergarten_engine.finding.listings import MOST
from kindergarten_engine.finding.markup import clean, tree
from kindergarten_engine.finding.onvif import device_time_s, stream_address
from kindergarten_engine.finding.tally import Tally
from kindergarten_engine.finding.web import Web
from tests.devices import SimulatedDevice
from tests.ports import hold_port

from .kit import found

_BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x00\xff" * 500,
        _BOMB,
        b"<a>" * 20_000,
        b'{"Response":' * 5_000,
        b"<Envelope><Body/></Envelope>",
    ],
    ids=["nothing", "bytes", "entities", "nested", "json", "soap"],
)
async def test_recorder_is_found_by_its_streams_when_its_web_port_talks_nonsense(garbage: bytes) -> None:
    seen = await found(SimulatedDevice(make="hikvision", channels=3, garbage=garbage))
    assert len(seen.channels) == 3


@pytest.mark.parametrize("make", ["hikvision", "stranger"])
async def test_answer_without_end_is_left(make: str) -> None:
    device = SimulatedDevice(make=make, channels=2, endless=True)
    if make == "stranger":
        with pytest.raises(SourceError):
            await found(device)
    else:
        assert len((await found(device)).channels) == 2
    assert device.sent_bytes < 64 << 20


async def test_search_ends_where_a_device_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LIMIT_S", 0.5)
    with pytest.raises(SourceError) as problem:
        await found(SimulatedDevice(silent=True))
    assert problem.value.code == "timeout"


async def test_port_where_a_web_page_answers_is_no_camera() -> None:
    device = SimulatedDevice()
    with pytest.raises(SourceError) as problem:
        await found(device, port=device.http_port)
    assert problem.value.code in {"closed", "no_camera"}


async def test_address_where_nobody_listens_is_said() -> None:
    with hold_port() as place, pytest.raises(SourceError) as problem:
        port = place.getsockname()[1]
        await found(SimulatedDevice(), port=port, http_port=port)
    assert problem.value.code == "refused"


async def test_recorder_that_lists_thousands_of_channels_is_not_asked_for_them_all() -> None:
    device = SimulatedDevice(make="dahua", channels=900, empty=tuple(range(3, 901)))
    assert len((await found(device)).channels) == MOST


@pytest.mark.parametrize(
    "document",
    [_BOMB, _BOMB.decode().encode("utf-16"), b"<!ENTITY x>", b"<a", b'<?xml version="1.0"?><!DOCTYPE a><a/>'],
)
def test_markup_that_declares_anything_is_not_read(document: bytes) -> None:
    assert tree(document) is None


@pytest.mark.parametrize(
    "document",
    [b"<Profiles>" * 200 + b"</Profiles>" * 200, b"<a>" + b"<b/>" * 40_000 + b"</a>"],
    ids=["deep", "wide"],
)
def test_markup_that_would_take_long_to_look_through_is_not_read(document: bytes) -> None:
    assert tree(document) is None


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_clock_at_an_end_of_the_calendar_is_not_followed(year: int) -> None:
    said = {"Year": year, "Month": 12, "Day": 31, "Hour": 23, "Minute": 59, "Second": 59}
    parts = "".join(f"<{name}>{number}</{name}>" for name, number in said.items())
    root = tree(f"<UTCDateTime>{parts}</UTCDateTime>".encode())
    assert root is not None
    assert device_time_s(root, 0) == 0


async def test_login_asked_for_in_bytes_that_are_no_text_ends_no_search() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="\xb9\xfa", nonce="1"\r\n'
            b"Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()

    tally = Tally()
    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        web = Web(RealEnv(), "127.0.0.1", "admin", "secret", tally)
        page = await web.get(server.sockets[0].getsockname()[1], "/", login=True)
        await web.close()
    assert page is not None
    assert (page.status, tally.refused) == (401, 1)


def test_names_of_devices_lose_what_cannot_be_seen() -> None:
    assert clean("  Yard\u202e\x00\n<img> " + "x" * 500).startswith("Yard img xx")
    assert len(clean("x" * 500)) == 60


@pytest.mark.parametrize(
    "url",
    [
        "http://h/a",
        "rtsp://h:99999/a",
        "rtsp://h/a b",
        "rtsp://h/\r\nX: y",
        "rtsp://h/<a>",
        "file:///etc",
        "",
    ],
)
def test_stream_address_that_cannot_be_asked_is_left_out(url: str) -> None:
    assert stream_address(url) is None


def test_channel_numbers_stand_where_the_brand_wants_them() -> None:
    assert Layout(main="/c{n}/{nn}").paths(7) == ("/c7/07", None)
