"""What a camera sends: answers, descriptions, packets, pictures."""

import base64
from functools import partial
import io
from typing import Any

from kindergarten_engine.errors import EngineError, SourceError
from kindergarten_engine.recorder.format import annexb
from kindergarten_engine.recorder.format.parameter_sets import audio_config, syntax, video_config
from kindergarten_engine.recorder.reader import wire
from kindergarten_engine.recorder.reader.native import auth, clock, framing, messages, pictures, sdp, sound
from tests.engine.format.clips import Clip, encode
from tests.engine.reader.scripted import SDP, SOUND, Heard, framed, report, rtp
from tests.engine.reader.test_apart import said

from .harness import Target

ANSWERS = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER\r\n\r\n",
    b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="cam", nonce="a1", stale="FALSE"\r\n'
    b'WWW-Authenticate: Digest realm="cam", nonce="b2", algorithm=SHA-256, qop="auth"\r\n'
    b'WWW-Authenticate: Basic realm="cam"\r\n\r\n',
    b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Base: rtsp://camera/live/\r\nContent-Type: application/sdp\r\n"
    b"Content-Length: 12\r\n\r\nv=0\r\ns=cam\r\n",
    b"RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 12ab;timeout=60\r\n"
    b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=0000002A\r\n\r\n",
    b"RTSP/1.0 302 Found\r\nCSeq: 5\r\nLocation: rtsp://camera/other\r\n\r\n",
    b"ANNOUNCE rtsp://camera/live RTSP/1.0\r\nCSeq: 9\r\nSession: 12ab\r\n\r\n",
)
_WORDS = (
    b"\r\n", b"\n", b"\r\n\r\n", b"$", b"RTSP/1.0 ", b"CSeq: ", b"Content-Length: ", b"Content-Length: 99999999999999999999\r\n",
    b"Session: ", b";timeout=", b"Digest ", b'nonce="', b"stale=true", b'"', b"\\", b",", b"interleaved=", b"-1", b"\0",
    "\u0661".encode(), b"WWW-Authenticate: ", b"Location: ", b"algorithm=MD5-sess",
)  # fmt: skip
CHUNKS = (1, 7, 100, 1500, 60_000)


def _hear(message: messages.Message) -> None:
    """Ask of a message all that the dialogue asks."""
    assert message.length >= 0
    assert message.cseq is None or message.cseq >= 0
    assert message.session is not None
    auth.challenge(message.headers.get("www-authenticate", []))
    login = auth.Login("user", "secret", lambda size: "0" * size)
    login.asked(message.headers.get("www-authenticate", []))
    said = login.header("DESCRIBE", "rtsp://camera/live") or ""
    for line in (
        said,
        messages.base_url(message, "rtsp://camera/a"),
        messages.redirect(message, "rtsp://camera/a") or "",
    ):
        assert "\n" not in line, "a camera writes our headers"
        assert "\r" not in line, "a camera writes our headers"
    if message.cseq is not None:
        messages.reply(message)


def _take(framer: framing.Framing, data: bytes, step: int) -> None:
    at = 0
    while at < len(data):
        room = framer.room()
        part = data[at : at + min(step, len(room))]
        room[: len(part)] = part
        framer.take(len(part))
        at += len(part)


def _answers(data: bytes) -> None:
    framer = framing.Framing(_hear)
    try:
        _take(framer, data, CHUNKS[len(data) % len(CHUNKS)])
    finally:
        framer.close()


def _description(data: bytes) -> None:
    described = sdp.describe(data.decode("utf-8", "replace"))
    for control in (described.control, described.picture.control):
        made = messages.track_url("rtsp://camera/a", control)
        assert made.startswith("rtsp://camera"), "another host"
        assert not {"\r", "\n"} & set(made), "a camera writes our headers"
    if described.audio is not None and described.audio.codec == "aac":
        audio_config(described.audio.rate, described.audio.channels, described.audio.config)
    if described.video.parameter_sets:
        video_config(described.video.codec, described.video.parameter_sets)


def _packets(codec: str, data: bytes) -> None:
    """Read packets as a session does, and look at each picture as the recorder does."""
    _, inspect = syntax(codec)

    def picture(unit: Any) -> None:
        assert unit.units
        assert all(unit.units)
        inspect(unit.units)

    framer = framing.Framing(lambda _: None)
    track = pictures.PICTURES[codec](framer, 96, picture, clock.Moment(now_ns=1))
    heard = sound.AacSound(framer, 97, lambda _: None, lambda: track.newest_pts, 16_000)

    def read_report(at: int, stop: int) -> None:
        said, _ = clock.read_reports(framer.view[at:stop], None)
        if said is not None:
            track.pts(said.time)

    framer.handlers[:3] = [track.packet, read_report, heard.packet]
    framer.followers[0] = track.follow
    try:
        # A session begins with text: what follows an answer is packets.
        _take(framer, b"RTSP/1.0 200 OK\r\n\r\n" + data, CHUNKS[len(data) % len(CHUNKS)])
    finally:
        framer.close()


def _units(codec: str, data: bytes) -> None:
    """Read a byte stream as the recorder reads a key picture."""
    units, inspect = syntax(codec)
    found = units(data)
    info = inspect(found)
    annexb.length_prefixed(found)
    if info.parameter_sets:
        video_config(codec, info.parameter_sets)


def _stream(clip: Clip) -> list[bytes]:
    """Return the first pictures of a clip in packets, as cameras cut them."""
    packets: list[bytes] = []
    for number, picture in enumerate(clip.pictures[:4]):
        units = [bytes(unit) for unit in syntax(clip.codec)[0](picture.data)]
        for index, unit in enumerate(units):
            packets += [
                framed(
                    rtp(
                        part,
                        len(packets) + place,
                        ticks=number * 3600,
                        marker=last and index == len(units) - 1,
                    )
                )
                for place, (part, last) in enumerate(_parts(unit, clip.codec))
            ]
    return [b"".join(packets), b"".join(packets[:3]) + framed(report(5.0, 3600), 1) + b"".join(packets[3:])]


def _parts(unit: bytes, codec: str, size: int = 400) -> list[tuple[bytes, bool]]:
    """Return a unit as FU packets (RFC 6184 §5.8, RFC 7798 §4.4.3), whole when it is small."""
    if len(unit) <= size:
        return [(unit, True)]
    if codec == "h264":
        head, kind, body = bytes([unit[0] & 0xE0 | 28]), unit[0] & 0x1F, unit[1:]
    else:
        head, kind, body = bytes([unit[0] & 0x81 | 49 << 1, unit[1]]), unit[0] >> 1 & 0x3F, unit[2:]
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    last = len(parts) - 1
    return [
        (head + bytes([kind | (at == 0) << 7 | (at == last) << 6]) + part, at == last)
        for at, part in enumerate(parts)
    ]


def _descriptions(clips: list[Clip]) -> list[bytes]:
    sets = [[bytes(unit) for unit in syntax(clip.codec)[0](clip.extradata)] for clip in clips]
    said = ",".join(base64.b64encode(unit).decode() for unit in sets[0])
    h264 = SDP.replace("packetization-mode=1", f"packetization-mode=1;sprop-parameter-sets={said}")
    names = zip(("vps", "sps", "pps"), sets[1], strict=False)
    fmtp = ";".join(f"sprop-{name}={base64.b64encode(unit).decode()}" for name, unit in names)
    h265 = f"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=fmtp:96 {fmtp}\r\na=control:t1\r\n"
    aac = (
        "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000/1\r\n"
        "a=fmtp:97 mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;indexdeltalength=3\r\na=control:t2\r\n"
    )
    return [text.encode() for text in (h264, h264 + SOUND, h265 + aac, SDP)]


def _told(data: bytes) -> None:
    """Hear what a reader's process says."""
    pipe = io.BytesIO(data)

    def take(size: int) -> bytes:
        if len(part := pipe.read(size)) < size:
            raise SourceError("closed", "the process died")
        return part

    heard = Heard()
    while wire.pass_on(take, heard) is None:
        pass
    assert all(unit.units and all(map(len, unit.units)) for unit in heard.pictures)


def targets() -> list[Target]:
    """Return what reads a camera."""
    clips = [encode("h264", 8, gop=4), encode("h265", 8, gop=4)]
    described = (b"\r\na=", b"\r\nm=video ", b"\r\nm=audio ", b"rtpmap:96 ", b"fmtp:96 ", b"control:", b"config=", b"=" * 9,
                 b"sprop-parameter-sets=", b"rtsp://other/", b"\r\n", b"99999999999", b"\0", b"..//")  # fmt: skip
    headers = (
        b"$\0\0\1",
        b"$\1\0\4",
        b"$\0\xff\xff",
        b"RTSP/1.0 200 OK\r\n\r\n",
        b"\x7c\x85",
        b"\x7c\x45",
        b"\x18\0\1",
        b"\x62\x01\x93",
    )
    starts = (
        b"\0\0\1\x67",
        b"\0\0\1\x68",
        b"\0\0\1\x65",
        b"\0\0\1\x06\x06",
        b"\0\0\1\x42\1",
        b"\0\0\1\x44\1",
        b"\0\0\3",
        b"\xff" * 9,
    )
    found = [
        Target(
            name="rtsp",
            seeds=(*ANSWERS, b"".join(ANSWERS)),
            take=_answers,
            refusals=(SourceError,),
            tokens=_WORDS,
        ),
        Target(
            name="sdp",
            seeds=_descriptions(clips),
            take=_description,
            refusals=(EngineError,),
            tokens=described,
        ),
        Target(
            name="wire",
            seeds=(said(),),
            take=_told,
            refusals=(EngineError,),
            tokens=(b"P\0\0\0\x20", b"D\0\0\0\2{}", b"null", b"[]"),
        ),
    ]
    for clip in clips:
        codec = clip.codec
        found += [
            Target(
                name=f"rtp_{codec}",
                seeds=_stream(clip),
                take=partial(_packets, codec),
                refusals=(SourceError,),
                tokens=headers,
            ),
            Target(
                name=f"nal_{codec}",
                seeds=[clip.extradata + picture.data[:2000] for picture in clip.pictures] + [clip.extradata],
                take=partial(_units, codec),
                refusals=(EngineError,),
                tokens=starts,
            ),
        ]
    return found
