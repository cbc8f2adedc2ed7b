"""What the client of our engine makes of its answers, whole ones and torn ones."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.kindergarten.archive.builtin import BuiltinArchive
from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ArchiveUnavailable,
    DesiredCamera,
    DesiredServer,
    DesiredState,
    DesiredVolume,
    LiveInit,
    LivePart,
    ProbeSource,
    WantedDevice,
)

from .recorder import Recorder

UID = "0" * 31 + "1"
SERVER = DesiredServer(uid="s1", url="https://frigate:8971", user="admin", secret="s3cret", trust="pin")
VIDEO = {"codec": "h264", "width": 640, "height": 360, "codecs": "avc1.4d001e", "browser": True}
PROBED: dict[str, Any] = {"video": {**VIDEO, "fps": 15, "gop_s": 2}, "audio": None, "clock_offset_ms": 7}
PART = {
    "kind": "part",
    "n": 4,
    "run": 2,
    "key": True,
    "duration": 90_000,
    "utc_us": 5,
    "end_us": 6,
    "init": "ab",
}
INIT = {"kind": "init", "init": "ab", "codecs": "avc1", "width": 640, "height": 360, "browser": True}


async def test_a_torn_answer_is_no_answer(client: BuiltinArchive, recorder: Recorder) -> None:
    recorder.torn, recorder.headers = True, {"X-Time-Us": "5"}

    async def media() -> bytes:
        async with client.open_media(UID, "main", "play.m3u8") as opened:
            return await opened.read()

    asks: tuple[Callable[[], Awaitable[object]], ...] = (
        client.cameras,
        lambda: client.still(UID),
        lambda: client.sight_still(UID, "9", "after"),
        lambda: client.picture(UID, "sub", ()),
        media,
    )
    for ask in asks:
        with pytest.raises(ArchiveUnavailable):
            await ask()
    recorder.status = 404
    with pytest.raises(ArchiveUnavailable):
        await client.cameras()


async def test_a_refusal_keeps_its_code_its_words_and_the_field_that_is_to_blame(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    recorder.status = 409
    recorder.answer = {"code": "quota", "text": "too much is held", "field": "t1_us"}
    with pytest.raises(ArchiveRefused) as raised:
        await client.lengthen("s1")
    refused = raised.value
    assert (refused.code, refused.text, refused.field) == ("quota", "too much is held", "t1_us")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"code": "internal", "text": "the disk is gone"}, "the disk is gone"),
        (b"<html>", "bad answer: status 500"),
        (["code"], "bad answer: status 500"),
        ({"code": "quota"}, "bad answer: status 500"),
    ],
)
async def test_an_error_that_is_no_refusal_is_no_answer(
    client: BuiltinArchive, recorder: Recorder, answer: object, said: str
) -> None:
    recorder.status, recorder.answer = 500, answer
    with pytest.raises(ArchiveUnavailable, match=said):
        await client.status()


async def test_a_recorder_that_listens_elsewhere_is_found_again(
    client: BuiltinArchive, recorder: Recorder, tmp_path: Path
) -> None:
    await client.lease(90)
    other = Recorder()
    runner = await other.listen(tmp_path, "t")
    await client.lease(60)
    assert (len(recorder.asked), other.asked[0][3]) == (1, {"ttl_s": 60})
    await client.close()
    await client.lease(30)
    assert other.asked[1][3] == {"ttl_s": 30}
    await runner.cleanup()


async def test_a_probe_brings_rates_and_the_picture(client: BuiltinArchive, recorder: Recorder) -> None:
    recorder.answer = {**PROBED, "still": b64encode(b"jpeg").decode()}
    found = await client.probe(ProbeSource(url="rtsp://x/", user="me", secret="s3cret"))
    assert (found.fps, found.bps, found.gop_s, found.still) == (15.0, None, 2.0, b"jpeg")
    assert recorder.asked[0][3] == {"source": {"url": "rtsp://x/", "user": "me", "secret": "s3cret"}}
    recorder.answer = {**PROBED, "still": None}
    assert (await client.probe(ProbeSource(url="rtsp://x/"))).still is None


async def test_a_server_is_asked_with_its_login_in_the_body_alone(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    recorder.answer = {"version": "0.17", "admin": True, "cameras": [], "fingerprint": "ab"}
    assert (await client.probe_server(SERVER)).version == "0.17"
    assert await client.certificate(SERVER) == "ab"
    assert [route for _, route, _, _ in recorder.asked] == ["servers/probe", "servers/certificate"]
    assert all(query == {} and body["server"]["secret"] == "s3cret" for _, _, query, body in recorder.asked)


async def test_a_device_is_found_with_its_channels(client: BuiltinArchive, recorder: Recorder) -> None:
    channel = {"number": 1, "name": "Yard", "main": "/1", "sub": None, "seen": False}
    told = {"brand": None, "maker": "x", "model": "y", "port": 554, "stopped": True, "channels": [channel]}
    recorder.answer = told
    found = await client.find(WantedDevice(host="192.168.1.2", user="me", secret="s3cret"))
    assert (found.brand, found.stopped, found.channels[0].name) == (None, True, "Yard")
    assert recorder.asked[0][3]["host"] == "192.168.1.2"


async def test_what_is_desired_names_old_disks_and_servers(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    camera = DesiredCamera(
        uid=UID, label="Bears", main_url="rtsp://x/", schedule={"mon": (("08:00", "18:00"),)}
    )
    volumes = (
        DesiredVolume(path="/new", archive_id=None, role="active"),
        DesiredVolume(path="/old", archive_id=None, role="old"),
    )
    recorder.answer = {"rev": 4, "applied": [UID], "unchanged": [], "removed": [], "errors": []}
    result = await client.configure(
        DesiredState(
            rev=4,
            archive_path="/new",
            archive_id=None,
            retention_days=32,
            minimum_days=30,
            maximum_days=None,
            cameras=(camera,),
            volumes=volumes,
            servers=(SERVER,),
        )
    )
    assert result.applied == (UID,)
    sent = recorder.asked[0][3]
    assert [each["path"] for each in sent["archive"]["volumes"]] == ["/old"]
    assert sent["cameras"][0]["schedule"] == {"days": {"mon": [["08:00", "18:00"]]}}
    assert (sent["servers"][0]["uid"], sent["servers"][0]["trust"]) == ("s1", "pin")


async def test_status_of_a_newer_recorder_is_read_as_far_as_it_is_understood(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    recorder.answer = {
        "rev": 1,
        "version": "9",
        "now_us": 5,
        "news": "from the future",
        "live_port": 8123,
        "epoch": {"id": 3, "utc0_us": 1, "trust": 2, "source": "ntp"},
        "archive": {"state": "melted", "detail": ""},
        "forecast": {},
        "retention": {"days": 32},
        "removed_cameras": [],
        "cameras": {
            UID: {
                "state": "dreaming",
                "detail": "",
                "loss": "unknown",
                "live": {"stream": "main", "token": "t0ken"},
            }
        },
    }
    status = await client.status()
    assert (status.volume.state, status.cameras[UID].state) == ("unknown", "unknown")
    assert (status.clock and status.clock.epoch, status.retention_days, status.minimum_days) == (3, 32, None)
    assert status.cameras[UID].live_url == f"http://127.0.0.1:8123/live/{UID}.ts?auth=t0ken"
    assert "t0ken" not in repr(status)


async def test_media_comes_in_pieces_with_the_headers_that_a_player_needs(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    recorder.answer, recorder.headers = b"#EXTM3U", {"ETag": '"1"', "Content-Type": "text/x", "X-Own": "1"}
    async with client.open_media(UID, "main", "play.m3u8", {"from": "1", "to": "2"}) as media:
        assert b"".join([chunk async for chunk in media.chunks()]) == b"#EXTM3U"
    assert (media.status, media.content_type, media.headers["ETag"]) == (200, "text/x", '"1"')
    assert "X-Own" not in media.headers
    assert recorder.asked == [("GET", f"cameras/{UID}/main/play.m3u8", {"from": "1", "to": "2"}, None)]


@pytest.mark.parametrize("tail", ["../../hello", "a?b", "a#b", "%2e%2e/hello"])
async def test_a_name_that_leaves_its_place_is_not_even_asked_for(
    client: BuiltinArchive, recorder: Recorder, tail: str
) -> None:
    with pytest.raises(ArchiveRefused) as raised:
        async with client.open_media(UID, "main", tail):
            pass
    assert (raised.value.code, recorder.asked) == ("not_found", [])


async def test_files_of_evidence_are_asked_for_by_quoted_names_and_in_part(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    recorder.answer = b"12345678"
    async with client.open_evidence("exports", "e/1", "a b.mp4", "bytes=0-3") as media:
        assert await media.read() == b"12345678"
    async with client.open_evidence("packs", "p1", "report.pdf"):
        pass
    assert [route for _, route, _, _ in recorder.asked] == ["exports/e%2F1/a%20b.mp4", "packs/p1/report.pdf"]
    assert recorder.ranges == ["bytes=0-3", None]


async def test_a_job_says_how_far_it_is(client: BuiltinArchive, recorder: Recorder) -> None:
    recorder.answer = {"state": "running", "progress": 0.5}
    job = await client.job("j1")
    assert (job.id, job.state, job.done) == ("j1", "running", 0.5)


async def test_events_come_without_beats_until_the_recorder_hangs_up(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    event = {"n": 8, "t_us": 1, "kind": "deleted", "camera": None, "data": {}}
    recorder.answer = b"".join(json.dumps(line).encode() + b"\n" for line in ({"kind": "beat"}, event))
    events = client.events(7)
    first = await anext(events)
    assert (first.n, first.kind) == (8, "deleted")
    with pytest.raises(ArchiveUnavailable, match="hung up"):
        await anext(events)
    assert recorder.asked[0][2] == {"after": "7"}


def _sent(head: object, data: bytes = b"") -> bytes:
    return (
        json.dumps({**head, "bytes": len(data)} if isinstance(head, dict) else head).encode() + b"\n" + data
    )


async def test_parts_come_with_what_a_player_needs_and_beats_as_nothing(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    recorder.answer = _sent(INIT, b"moov") + _sent({"kind": "beat"}) + _sent(PART, b"moof")
    init, beat, part = [message async for message in client.parts(UID)]
    assert isinstance(init, LiveInit)
    assert isinstance(part, LivePart)
    assert (init.sha256, init.browser, init.data, beat) == ("ab", True, b"moov", None)
    assert (part.number, part.key, part.start_us, part.data) == (4, True, 5, b"moof")


@pytest.mark.parametrize(
    "answer",
    [
        b"no JSON\n",
        b"[]\n",
        b'{"kind": "part"}\n',
        b'{"kind": "part", "bytes": -1}\n',
        b'{"kind": "part", "bytes": 9999999999}\n',
        b'{"kind": "part", "bytes": 50}\ntoo short',
        _sent({"kind": "part", "n": 4}, b"moof"),
        _sent({**INIT, "width": "wide"}, b"moov"),
    ],
)
async def test_a_stream_of_something_else_ends(
    client: BuiltinArchive, recorder: Recorder, answer: bytes
) -> None:
    recorder.answer = answer
    with pytest.raises(ArchiveUnavailable):
        async for _ in client.parts(UID):
            pytest.fail("nothing of it is a message")


async def test_a_picture_has_the_time_it_shows(client: BuiltinArchive, recorder: Recorder) -> None:
    recorder.answer, recorder.headers = b"jpeg", {"X-Time-Us": "77"}
    picture = await client.picture(UID, "sub", ["Room", "Monday"], height=360)
    assert (picture.time_us, picture.jpeg) == (77, b"jpeg")
    assert recorder.asked[0][3] == {
        "stream": "sub",
        "lines": ["Room", "Monday"],
        "height": 360,
        "quality": 60,
    }
    recorder.headers = {}
    with pytest.raises(ArchiveUnavailable):
        await client.picture(UID, "sub", [])
