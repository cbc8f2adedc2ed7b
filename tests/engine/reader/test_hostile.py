"""Anything may come from a camera: nothing escapes, nothing grows without bound."""

import datetime as dt
from pathlib import Path
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings, strategies as st
import pytest

from kindergarten_engine.errors import SourceError
from kindergarten_engine.recorder.reader.native import auth, clock, framing, messages, pictures, sdp, sound

from .scripted import SDP, Scripted, framed, key, other, reading, report, rtp, until

BYTES = st.binary(max_size=300)
PIECES = st.lists(
    st.one_of(
        BYTES,
        BYTES.map(framed),
        BYTES.map(lambda body: framed(body, 1)),
        st.tuples(BYTES, st.integers(0, 65535), st.integers(0, 3), st.booleans()).map(
            lambda it: framed(rtp(it[0], it[1], ticks=it[2], marker=it[3]))
        ),
        st.tuples(st.sampled_from((28, 24, 49 << 1, 48 << 1, 0x65, 0x41)), BYTES).map(
            lambda it: framed(rtp(bytes((it[0],)) + it[1], 0))
        ),
        BYTES.map(lambda body: b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n" + body + b"\r\n\r\n"),
    ),
    max_size=30,
)


@settings(max_examples=300)
@given(pieces=PIECES, step=st.integers(1, 700), codec=st.sampled_from(("h264", "h265")))
def test_whatever_comes_is_taken_or_refused(pieces: list[bytes], step: int, codec: str) -> None:
    units: list[Any] = []
    framer = framing.Framing(lambda _: None)
    track = pictures.PICTURES[codec](framer, 96, units.append, clock.Moment(now_ns=1))
    framer.handlers[0], framer.followers[0] = track.packet, track.follow
    framer.handlers[1] = lambda at, stop: clock.read_reports(framer.view[at:stop], None) and None
    heard = sound.AacSound(framer, 96, lambda _: None, lambda: track.newest_pts, 8000)
    framer.handlers[2] = heard.packet
    data = b"RTSP/1.0 200 OK\r\n\r\n" + b"".join(pieces)
    for at in range(0, len(data), step):
        part = data[at : at + step]
        framer.room()[: len(part)] = part
        try:
            framer.take(len(part))
        except SourceError:
            return
    assert all(unit.units and all(unit.units) for unit in units)


@settings(max_examples=300)
@given(text=st.one_of(st.text(max_size=400), st.text(max_size=40).map(lambda part: SDP.replace("1", part))))
def test_any_description_is_read_or_refused(text: str) -> None:
    try:
        sdp.describe(text)
    except SourceError:
        return


@settings(max_examples=300)
@given(head=BYTES, text=st.text(max_size=100))
def test_any_head_challenge_and_address_is_bearable(head: bytes, text: str) -> None:
    message = messages.parse(head)
    assert message.length >= 0
    assert message.cseq is None or message.cseq >= 0
    message.headers |= {"content-base": [text], "location": [text], "session": [text]}
    for made in (messages.base_url(message, "rtsp://camera/a"), messages.track_url("rtsp://camera/a", text)):
        assert made.startswith("rtsp://camera")
        assert "\n" not in made
        assert "\r" not in made
    redirected = messages.redirect(message, "rtsp://camera/a")
    assert redirected is None or redirected.startswith("rtsp://camera")
    assert message.session
    auth.challenge([text, f"Digest {text}", f'Digest realm="{text}", nonce="{text}"'])


def test_no_camera_writes_a_line_into_what_we_say() -> None:
    message = messages.parse(
        b'RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm="a\nEvil: b\rc", nonce="n\x00"'
    )
    login = auth.Login("user", "secret", lambda size: "0" * size)
    assert login.asked(message.headers["www-authenticate"])
    said = login.header("DESCRIBE", "rtsp://camera/a")
    assert said is not None
    assert 'realm="a Evil: b c"' in said
    assert said.isprintable()


def test_a_picture_without_end_is_dropped() -> None:
    units: list[Any] = []
    framer = framing.Framing(lambda _: None)
    track = pictures.H264Pictures(framer, 96, units.append, clock.Moment(now_ns=1))
    framer.handlers[0] = track.packet

    def take(packet: bytes) -> None:
        data = framed(packet)
        framer.room()[: len(data)] = data
        framer.take(len(data))

    take(rtp(key(b"a"), 0))
    take(rtp(b"\x7c\x85", 1, ticks=3600, marker=False))
    take(rtp(b"\x7c\x85x", 2, ticks=3600, marker=False))
    for number in range(3, 400):
        take(rtp(b"\x7c\x05" + bytes(60_000), number, ticks=3600, marker=False))
        assert sum(map(len, track._pieces)) < pictures.MAX_PICTURE + 200_000
    take(rtp(other(b"b"), 400))
    assert [str(unit.loss) for unit in units] == ["no", "yes"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate as cameras have it: signed by itself, for nobody, expired."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    then = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, secret.public_key(), 1, then, then + dt.timedelta(days=365))
        .sign(secret, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path_factory.mktemp("tls") / "camera.pem"
    path.write_bytes(secret.private_bytes(*pem) + made)
    return path


def test_a_camera_speaks_through_tls(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stream = b"".join([framed(rtp(key(b"a" * 40_000), n)) for n in range(30)])
    camera = Scripted(stream, tls=context)
    with reading(camera) as heard:
        until(lambda: len(heard.pictures) == 30)
    assert set(heard.losses) == {"no"}


def test_what_speaks_no_tls_is_told_apart() -> None:
    camera = Scripted()
    camera.url = camera.url.replace("rtsp:", "rtsps:")
    with reading(camera) as heard:
        assert heard.over.wait(150)
    assert heard.error.code == "tls"


def test_reports_of_strangers_and_without_a_clock_are_no_news() -> None:
    assert clock.read_reports(memoryview(report(5.0, 0)), 7)[0] is not None
    assert clock.read_reports(memoryview(report(5.0, 0)), 8)[0] is None
    assert clock.read_reports(memoryview(report(-2_208_988_800.0, 0)), 7)[0] is None


def _read(packets: list[bytes], step: int, codec: str, *, follow: bool) -> tuple[object, ...]:
    """Return all that is told of packets that come in steps, with or without the short cut."""
    units: list[Any] = []
    framer = framing.Framing(lambda _: None)
    track = pictures.PICTURES[codec](framer, 96, units.append, clock.Moment(now_ns=1))
    framer.handlers[0] = track.packet
    if follow:
        framer.followers[0] = track.follow
    data = b"RTSP/1.0 200 OK\r\n\r\n" + b"".join(packets)
    problem = ""
    for at in range(0, len(data), step):
        part = data[at : at + step]
        framer.room()[: len(part)] = part
        try:
            framer.take(len(part))
        except SourceError as error:
            problem = str(error)
            break
    told = [(unit.pts, unit.loss, [bytes(part) for part in unit.units]) for unit in units]
    return told, problem, track.count, track.lost


HEADS = {"h264": b"\x7c", "h265": b"\x62\x01"}
"""What the pieces of a unit begin with, before the header that says which piece it is."""


def _pieces(draw: st.DrawFn, codec: str) -> list[bytes]:
    """Draw units in pieces of one size each, as cameras send them."""
    packets: list[bytes] = []
    number = draw(st.integers(65_500, 65_560))
    for picture in range(draw(st.integers(1, 4))):
        size, count = draw(st.integers(1, 40)), draw(st.integers(2, 12))
        for index in range(count):
            first, last = index == 0, index == count - 1
            body = HEADS[codec] + bytes((first << 7 | last << 6 | 5, 0x88)) + bytes((index,)) * size
            packets.append(framed(rtp(body, number, ticks=picture * 3600, marker=last)))
            number += 1
    return packets


@st.composite
def _disturbed(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    """Draw a codec and its packets, of which some are missing, cut, doubled, foreign or changed by a bit."""
    codec = draw(st.sampled_from(sorted(HEADS)))
    packets = _pieces(draw, codec)
    for at in draw(st.lists(st.integers(0, len(packets) - 1), max_size=3)):
        whole = packets[at]
        others = st.sampled_from((b"", 2 * whole, whole[:-3]))
        packets[at] = draw(st.one_of(others, st.binary(max_size=12)))
    at, count = draw(st.integers(0, len(packets) - 1)), draw(st.integers(0, 3))
    place, bit = draw(st.integers(0, 20)), draw(st.integers(0, 7))
    for index, packet in enumerate(packets[at : at + count], start=at):
        changed = bytearray(packet)
        if place < len(changed):
            changed[place] ^= 1 << bit
        packets[index] = bytes(changed)
    return codec, packets


@settings(max_examples=400)
@given(drawn=_disturbed(), step=st.integers(1, 900))
def test_packets_taken_together_tell_what_they_tell_one_by_one(
    drawn: tuple[str, list[bytes]], step: int
) -> None:
    codec, packets = drawn
    assert _read(packets, step, codec, follow=True) == _read(packets, step, codec, follow=False)
