"""RTP packets (RFC 3550) framed for RTSP's TCP connection, made once per clip and stamped later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import struct

from .clips import Clip

VIDEO_TYPE = 96
VIDEO_CHANNEL, AUDIO_CHANNEL = 0, 2
MAX_PAYLOAD = 1400
_FRAME = struct.Struct(">cBHBBHII")
_STAMP = struct.Struct(">HII")
_STAMP_AT = 6
_HEADER = _FRAME.size
_NTP_EPOCH_S = 2_208_988_800


@dataclass(frozen=True, slots=True)
class Packets:
    """RTP packets in a row, each behind its 4-byte `$` frame header; `offsets` say where each begins."""

    data: bytes
    offsets: tuple[int, ...]


def frame_packets(payloads: Sequence[bytes], payload_type: int, *, marker: bool, channel: int) -> Packets:
    """Frame payloads; `marker` is set on the last one. Sequence number, time and SSRC stay zero."""
    data = bytearray()
    offsets = []
    for payload in payloads:
        last = payload is payloads[-1]
        kind = payload_type | (0x80 if marker and last else 0)
        offsets.append(len(data))
        data += _FRAME.pack(b"$", channel, 12 + len(payload), 0x80, kind, 0, 0, 0) + payload
    return Packets(bytes(data), tuple(offsets))


def join(parts: Iterable[Packets]) -> tuple[bytearray, list[int]]:
    """Put packets behind each other."""
    data = bytearray()
    offsets: list[int] = []
    for part in parts:
        offsets += [len(data) + offset for offset in part.offsets]
        data += part.data
    return data, offsets


def stamp(data: bytearray, offsets: Iterable[int], sequence: int, ticks: int, ssrc: int) -> None:
    """Write sequence numbers (counting up from `sequence`), RTP time and SSRC into packets."""
    for offset in offsets:
        _STAMP.pack_into(data, offset + _STAMP_AT, sequence & 0xFFFF, ticks, ssrc)
        sequence += 1


def on_channel(data: bytes, offsets: Iterable[int], channel: int) -> bytes:
    """Return the packets on another interleaved channel."""
    copy = bytearray(data)
    for offset in offsets:
        copy[offset + 1] = channel
    return bytes(copy)


def payload_range(data: bytes | bytearray, offset: int) -> tuple[int, int]:
    """Return where the payload of the packet at `offset` begins and ends."""
    length = int.from_bytes(data[offset + 2 : offset + 4])
    return offset + _HEADER, offset + 4 + length


def unit_payloads(codec: str, unit: bytes) -> list[bytes]:
    """Return the RTP payloads of one NAL unit: whole, or in fragments (RFC 6184 §5.8, RFC 7798 §4.4.3)."""
    if len(unit) <= MAX_PAYLOAD:
        return [unit]
    if codec == "h264":
        head, kind, body = bytes((unit[0] & 0xE0 | 28,)), unit[0] & 0x1F, unit[1:]
    else:
        head, kind, body = bytes((unit[0] & 0x81 | 49 << 1, unit[1])), (unit[0] >> 1) & 0x3F, unit[2:]
    step = MAX_PAYLOAD - len(head) - 1
    payloads = []
    for at in range(0, len(body), step):
        flags = (0x80 if at == 0 else 0) | (0x40 if at + step >= len(body) else 0)
        payloads.append(head + bytes((flags | kind,)) + body[at : at + step])
    return payloads


def sets_payload(codec: str, sets: Sequence[bytes]) -> bytes:
    """Return the parameter sets in one packet (STAP-A, RFC 6184 §5.7.1; AP, RFC 7798 §4.4.2)."""
    head = b"\x78" if codec == "h264" else bytes((48 << 1, 1))
    return head + b"".join(len(unit).to_bytes(2) + unit for unit in sets)


def sender_report(*, channel: int, ssrc: int, utc_us: int, ticks: int, packets: int, octets: int) -> bytes:
    """Return a framed RTCP sender report with CNAME (RFC 3550 §6.4.1, §6.5)."""
    seconds, micros = divmod(utc_us, 1_000_000)
    report = struct.pack(
        ">BBHIIIIII",
        0x80,
        200,
        6,
        ssrc,
        (seconds + _NTP_EPOCH_S) & 0xFFFFFFFF,
        (micros << 32) // 1_000_000,
        ticks,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    name = b"camera"
    description = struct.pack(">BBHIBB", 0x81, 202, 4, ssrc, 1, len(name)) + name + bytes(4)
    return struct.pack(">cBH", b"$", channel, len(report) + len(description)) + report + description


class PacketClip:
    """A clip, packetised."""

    def __init__(self, clip: Clip) -> None:
        codec = clip.spec.codec
        self.clip = clip
        self.sets = frame_packets(
            [sets_payload(codec, clip.sets)], VIDEO_TYPE, marker=False, channel=VIDEO_CHANNEL
        )
        self.slices = tuple(
            frame_packets(
                [payload for unit in picture.units for payload in unit_payloads(codec, unit)],
                VIDEO_TYPE,
                marker=True,
                channel=VIDEO_CHANNEL,
            )
            for picture in clip.pictures
        )
