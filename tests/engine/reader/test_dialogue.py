"""What cameras say before they send, and how long we listen to it."""

from collections.abc import Callable
import hashlib
import os
import re
import threading
import time
from typing import Any

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.errors import SourceError
from kindergarten_engine.recorder.reader.automatic import Readers
from kindergarten_engine.recorder.reader.interface import NotUnderstoodError, Source
from kindergarten_engine.recorder.reader.native import dialogue, reader as native
from kindergarten_engine.recorder.reader.native.auth import Login
from kindergarten_engine.recorder.reader.native.drain import Drain
from tests.ports import hold_port
from tests.stopwatch import Stopwatch

from .scripted import SDP, SOUND, Asked, Heard, Scripted, answer, framed, key, other, reading, rtp, until

STREAM = framed(rtp(key(b"a"), 0)) + framed(rtp(other(b"b"), 1))


def refused(camera: Scripted, **options: Any) -> SourceError:
    """Return why a camera cannot be read."""
    with reading(camera, **options) as heard:
        assert heard.over.wait(150)
    assert isinstance(heard.error, SourceError)
    return heard.error


def read(camera: Scripted, pictures: int = 2, **options: Any) -> Heard:
    with reading(camera, **options) as heard:
        until(lambda: len(heard.pictures) >= pictures or heard.over.is_set())
    assert len(heard.pictures) >= pictures, heard.error
    return heard


def guard(
    challenge: str, right: Callable[[Asked], bool], usual: Callable[[Asked], bytes]
) -> Callable[[Asked], bytes]:
    """Return an answer that wants a login first."""

    def said(asked: Asked) -> bytes:
        if "authorization" in asked.headers and right(asked):
            return usual(asked)
        return answer(asked, "401 Unauthorized", WWW_Authenticate=challenge)

    return said


def digest(name: str, *, session: bool = False, qop: bool = True) -> Callable[[Asked], bool]:
    """Return what tells whether a Digest is right, computed as RFC 7616 §3.4 says."""

    def hashed(text: str) -> str:
        return hashlib.new(name, text.encode()).hexdigest()

    def right(asked: Asked) -> bool:
        said = dict(re.findall(r'(\w+)="?([^",]*)"?', asked.headers["authorization"]))
        who = hashed(f"user:{said['realm']}:secret")
        if session:
            who = hashed(f"{who}:{said['nonce']}:{said['cnonce']}")
        middle = f"{said['nonce']}:{said['nc']}:{said['cnonce']}:auth" if qop else said["nonce"]
        return bool(said["response"] == hashed(f"{who}:{middle}:{hashed(f'{asked.method}:{asked.url}')}"))

    return right


def _describe(asked: Asked) -> bytes:
    return answer(asked, body=SDP)


@pytest.mark.parametrize(
    ("challenge", "right"),
    [
        ('Digest realm="r", nonce="n"', digest("md5", qop=False)),
        ('Digest realm="r", nonce="n", qop="auth,auth-int", opaque="o"', digest("md5")),
        ('Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess', digest("md5", session=True)),
        ('Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256', digest("sha256")),
        ('Basic realm="r", Digest realm="r", nonce="n"', digest("md5", qop=False)),
        ('Basic realm="r"', lambda asked: asked.headers["authorization"] == "Basic dXNlcjpzZWNyZXQ="),
    ],
)
def test_every_kind_of_login_is_understood(challenge: str, right: Callable[[Asked], bool]) -> None:
    camera = Scripted(STREAM, DESCRIBE=guard(challenge, right, _describe))
    read(camera, user="user", secret="secret")
    assert camera.methods().count("DESCRIBE") == 2


def test_a_digest_is_the_one_of_the_standard() -> None:
    login = Login("Mufasa", "Circle of Life", lambda _: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
    wanted = f'Digest realm="http-auth@example.org", qop="auth", algorithm=SHA-256, nonce="{nonce}"'
    assert login.asked([wanted])
    header = login.header("GET", "/dir/index.html")
    assert header is not None
    assert "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" in header  # RFC 7616 §3.9.1


def test_the_strongest_login_is_chosen_and_the_secret_is_never_said_then() -> None:
    login = Login("user", "secret", lambda _: "00")
    assert login.asked(
        ['Basic realm="r"', 'Digest realm="r", nonce="n", algorithm=SHA-256', 'Digest realm="r", nonce="m"']
    )
    header = login.header("DESCRIBE", "rtsp://h/")
    assert header is not None
    assert "SHA-256" in header


def test_a_nonce_that_is_too_old_is_renewed() -> None:
    nonces = iter(("1", "1", "2", "2"))

    def describe(asked: Asked) -> bytes:
        given = asked.headers.get("authorization", "")
        if 'nonce="2"' in given:
            return _describe(asked)
        stale = ", stale=TRUE" if given else ""
        return answer(
            asked,
            "401 Unauthorized",
            WWW_Authenticate=f'Digest realm="r", nonce="{"2" if given else next(nonces)}"{stale}',
        )

    read(Scripted(STREAM, DESCRIBE=describe), user="user", secret="x")


def test_a_wrong_login_is_said_once() -> None:
    camera = Scripted(DESCRIBE=guard('Digest realm="r", nonce="n"', lambda _: False, _describe))
    assert refused(camera, user="user", secret="wrong").code == "auth"
    assert len([each for each in camera.asked if "authorization" in each.headers]) == 1


def test_no_login_is_a_refused_login() -> None:
    assert refused(Scripted(DESCRIBE=guard('Basic realm="r"', lambda _: True, _describe))).code == "auth"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("403 Forbidden", "auth"),
        ("404 Not Found", "not_found"),
        ("453 Not Enough Bandwidth", "not_found"),
        ("503 Service Unavailable", "refused"),
    ],
)
def test_answers_are_told_apart(status: str, code: str) -> None:
    error = refused(Scripted(DESCRIBE=lambda asked: answer(asked, status)))
    assert error.code == code
    assert not isinstance(error, NotUnderstoodError)


def test_a_redirection_to_another_host_is_not_followed() -> None:
    there = Scripted(STREAM)
    error = refused(Scripted(DESCRIBE=lambda asked: answer(asked, "302 Found", Location=there.url)))
    assert error.code == "refused"
    assert not isinstance(error, NotUnderstoodError)  # PyAV would follow it
    assert there.connections == 0
    there.close()


def test_a_redirection_on_the_camera_itself_is_followed() -> None:
    def describe(asked: Asked) -> bytes:
        if asked.url.endswith("/other"):
            return _describe(asked)
        return answer(asked, "301 Moved", Location=camera.url + "/other")

    camera = Scripted(STREAM, DESCRIBE=describe)
    read(camera)
    assert camera.connections == 1


def test_tracks_are_where_the_camera_says_on_the_host_that_answers() -> None:
    base = lambda asked: answer(asked, body=SDP, Content_Base="rtsp://10.1.2.3:8554/real/path?a=1")  # noqa: E731
    camera = Scripted(STREAM, DESCRIBE=base)
    read(camera)
    (setup,) = [each for each in camera.asked if each.method == "SETUP"]
    assert setup.url == camera.url.removesuffix("/main") + "/real/path?a=1/track1"


def test_a_wrong_content_base_is_not_the_end() -> None:
    def setup(asked: Asked) -> bytes:
        if "/wrong" in asked.url:
            return answer(asked, "404 Not Found")
        return answer(asked, Session="s", Transport="RTP/AVP/TCP;unicast;interleaved=0-1")

    wrong = lambda asked: answer(asked, body=SDP, Content_Base="rtsp://camera/wrong/")  # noqa: E731
    read(Scripted(STREAM, DESCRIBE=wrong, SETUP=setup))


def test_the_newest_session_id_counts() -> None:
    ids = iter(("one", "two"))
    setup = lambda asked: answer(  # noqa: E731
        asked, Session=next(ids), Transport=f"RTP/AVP/TCP;{asked.headers['transport'].rpartition(';')[2]}"
    )
    camera = Scripted(STREAM, SDP + SOUND, SETUP=setup)
    read(camera, sound=True)
    (play,) = [each for each in camera.asked if each.method == "PLAY"]
    assert play.headers["session"] == "two"


def test_the_camera_may_choose_other_channels() -> None:
    setup = lambda asked: answer(asked, Session="s", Transport="RTP/AVP/TCP;interleaved=4-5;ssrc=00000007")  # noqa: E731
    read(Scripted(framed(rtp(key(), 0), 4) + framed(rtp(other(), 1), 4), SETUP=setup))


def test_sound_is_not_asked_for_unless_it_is_recorded() -> None:
    camera = Scripted(STREAM, SDP + SOUND)
    assert read(camera).descriptions[0].audio is None
    assert camera.methods().count("SETUP") == 1


def test_sound_that_is_refused_does_not_cost_the_pictures() -> None:
    def setup(asked: Asked) -> bytes:
        if asked.url.endswith("track2"):
            return answer(asked, "455 Method Not Valid in This State")
        return answer(asked, Session="s", Transport="RTP/AVP/TCP;unicast;interleaved=0-1")

    heard = read(Scripted(STREAM, SDP + SOUND, SETUP=setup), sound=True)
    assert heard.descriptions[0].audio is None


def test_a_camera_that_wants_all_tracks_set_up_gets_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "SILENCE_NS", 300_000_000)

    def play(asked: Asked) -> bytes:
        return answer(asked) + (STREAM if camera.methods().count("SETUP") == 3 else b"")

    camera = Scripted(sdp=SDP + SOUND, PLAY=play)
    heard = read(camera)
    assert heard.descriptions[-1].audio is None
    assert not heard.sounds


def test_a_silent_camera_is_a_stall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "SILENCE_NS", 300_000_000)
    camera = Scripted(STREAM)
    assert refused(camera, farewell=True).code == "stall"
    assert camera.methods()[-1] == "TEARDOWN"


def test_a_camera_that_hangs_up_is_told_apart() -> None:
    camera = Scripted(STREAM)
    with reading(camera) as heard:
        until(lambda: heard.pictures)
        camera.hang_up()
        assert heard.over.wait(150)
    assert heard.error.code == "closed"


def test_the_session_is_kept_as_the_camera_offers_it() -> None:
    setup = lambda asked: answer(asked, Session="cafe;timeout=4", Transport="RTP/AVP/TCP;interleaved=0-1")  # noqa: E731
    camera = Scripted(STREAM, SETUP=setup)
    with reading(camera, farewell=True):
        until(lambda: "GET_PARAMETER" in camera.methods())
    assert camera.asked[camera.methods().index("GET_PARAMETER")].headers["session"] == "cafe"
    assert camera.methods()[-1] == "TEARDOWN"


def test_a_camera_that_asks_us_is_answered() -> None:
    camera = Scripted(STREAM)
    with reading(camera) as heard:
        until(lambda: heard.pictures)
        camera.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n" + framed(rtp(other(), 2)))
        until(lambda: len(heard.pictures) == 3)


@pytest.mark.parametrize(
    "said",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9\r\n", b"\0" * 64, b"$\0\0\4abcd"],
)
def test_what_is_no_camera_is_no_camera(said: bytes) -> None:
    error = refused(Scripted(OPTIONS=lambda _: said + b"x" * 64))
    assert error.code in {"closed", "timeout"}
    assert not isinstance(error, NotUnderstoodError)


@pytest.mark.parametrize(
    "said",
    [
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 5000,
    ],
)
def test_an_answer_without_end_is_not_listened_to(said: bytes) -> None:
    assert refused(Scripted(OPTIONS=lambda _: said)).code in {"closed", "refused"}


def test_a_camera_that_never_answers_is_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    usual_s = dialogue.ANSWER_S
    monkeypatch.setattr(dialogue, "ANSWER_S", 0.3)
    watch = Stopwatch()
    assert refused(Scripted(OPTIONS=lambda _: None)).code == "timeout"
    assert watch.seconds < usual_s / 2


def test_an_answer_that_drips_is_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "ANSWER_S", 0.3)

    def drip(asked: Asked) -> bytes:
        for _ in range(20):
            camera.send(b"RTSP")
            time.sleep(0.05)
        return b""

    camera = Scripted(OPTIONS=drip)
    assert refused(camera).code == "timeout"


def test_a_session_that_is_ended_early_ends_soon() -> None:
    camera = Scripted(DESCRIBE=lambda _: None)
    with reading(camera):
        until(lambda: "DESCRIBE" in camera.methods())
        watch = Stopwatch()
    assert watch.seconds < dialogue.ANSWER_S / 2


def test_nothing_listens_and_nothing_answers_are_told_apart() -> None:
    with hold_port() as place:
        for host, code in (
            (f"127.0.0.1:{place.getsockname()[1]}", "refused"),
            ("no-such-host.invalid", "unreachable"),
        ):
            heard = Heard()
            native.NativeReader(RealEnv()).start(Source(url=f"rtsp://{host}/x"), heard)
            assert heard.over.wait(300)  # whoever is to know the name may be slow to say that there is none
            assert heard.error.code == code


@pytest.mark.parametrize(
    ("sdp", "code"),
    [
        ("v=0\n", "no_video"),
        (SDP.replace("H264", "JPEG"), "unsupported_codec"),
        (SDP.replace("packetization-mode=1", "packetization-mode=2"), "unsupported_codec"),
        ("\0" * 9000, "no_video"),
        ("m=\nm=video\na=rtpmap\na=fmtp:96\n" + SDP.replace("H264/90000", "X"), "unsupported_codec"),
    ],
)
def test_what_we_do_not_understand_another_reader_may(sdp: str, code: str) -> None:
    error = refused(Scripted(sdp=sdp))
    assert error.code == code
    assert isinstance(error, NotUnderstoodError)


def test_a_stream_that_we_do_not_understand_goes_to_the_other_reader_at_once_and_later() -> None:
    camera, readers, env = Scripted(sdp=SDP.replace("H264", "MPV")), Readers(), RealEnv()
    heard = Heard()
    source = Source(url=camera.url)
    automatic = readers(env)
    automatic.start(source, heard)
    assert heard.over.wait(150)
    assert automatic.name == "pyav"
    assert heard.error.code == "unsupported_codec"
    assert not readers.understood(env, source)
    assert readers.understood(env, Source(url="rtsp://127.0.0.1/another"))
    camera.close()


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "500 Error"])
def test_a_camera_that_refuses_is_not_asked_by_the_other_reader(status: str) -> None:
    camera, readers, heard = (
        Scripted(OPTIONS=lambda asked: answer(asked, status), DESCRIBE=lambda asked: answer(asked, status)),
        Readers(),
        Heard(),
    )
    automatic = readers(RealEnv())
    automatic.start(Source(url=camera.url), heard)
    assert heard.over.wait(150)
    assert automatic.name == "native"
    assert camera.connections == 1
    camera.close()


def test_sessions_leave_nothing_behind() -> None:
    camera, env = Scripted(STREAM), RealEnv()
    drain, before = Drain(env), len(os.listdir("/proc/self/fd"))
    threads = threading.active_count()
    for _ in range(30):
        heard, session = Heard(), native.NativeReader(env, drain)
        session.start(Source(url=camera.url), heard)
        assert heard.described_at.wait(150)
        session.stop()
        assert heard.over.wait(150)
        camera.forget()
    until(lambda: threading.active_count() <= threads and len(os.listdir("/proc/self/fd")) <= before)
    camera.close()
