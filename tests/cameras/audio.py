"""Sound of a simulated camera: a beep at every second, AAC or G.711."""

from dataclasses import dataclass
from fractions import Fraction
import functools
import json

import av
from av.audio.codeccontext import AudioCodecContext
import numpy as np

from .clips import CACHE, made_once

LOOP_S = 16
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Sound:
    """A loop of 16 s of mono sound in units of `samples` samples, ready as RTP payloads."""

    name: str
    rate: int
    samples: int
    payload_type: int
    rtpmap: str
    format: str
    units: tuple[bytes, ...]


@functools.cache
def load_sound(name: str) -> Sound:
    """Return the loop of `aac` (16 kHz), `pcma` or `pcmu` (8 kHz); encoded the first time."""
    if name == "aac":
        units, config = _cached("aac", 16_000, 1024)
        payloads = tuple(b"\x00\x10" + (len(unit) << 3).to_bytes(2) + unit for unit in units)
        parameters = f"streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config={config}"
        return Sound(name, 16_000, 1024, 97, "mpeg4-generic/16000/1", parameters, payloads)
    if name not in ("pcma", "pcmu"):
        raise ValueError(f"sound {name}")
    units, _ = _cached("pcm_alaw" if name == "pcma" else "pcm_mulaw", 8_000, 320)
    return Sound(name, 8_000, 320, 8 if name == "pcma" else 0, f"{name.upper()}/8000", "", units)


def _cached(codec: str, rate: int, samples: int) -> tuple[tuple[bytes, ...], str]:
    path = made_once(CACHE / f"{codec}-{rate}-{_VERSION}", lambda: _encode(codec, rate, samples))
    head = json.loads(path.read_bytes())
    return tuple(bytes.fromhex(unit) for unit in head["units"]), head["config"]


def _encode(codec: str, rate: int, samples: int) -> bytes:
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout = rate, "mono"
    encoder.format = "fltp" if codec == "aac" else "s16"
    encoder.time_base = Fraction(1, rate)
    if codec == "aac":
        encoder.bit_rate = 32_000
    encoder.open()
    time = np.arange(LOOP_S * rate) / rate
    wave = np.sin(2 * np.pi * 880 * time) * np.where(time % 1 < 0.1, 0.5, 0.02)
    units: list[bytes] = []
    for at in range(0, len(wave), samples):
        part = wave[None, at : at + samples]
        values = part.astype(np.float32) if codec == "aac" else (part * 32_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(values, format=encoder.format.name, layout="mono")
        frame.sample_rate, frame.pts = rate, at
        units += [bytes(packet) for packet in encoder.encode(frame)]
    units += [bytes(packet) for packet in encoder.encode(None)]
    units = units[-(len(wave) // samples) :]
    config = (encoder.extradata or b"").hex()
    return json.dumps({"config": config, "units": [unit.hex() for unit in units]}).encode()
