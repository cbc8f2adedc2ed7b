"""G.711 to AAC, as long as the camera sends it."""

from fractions import Fraction

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

from .g711 import JUMP_TICKS, VIDEO_CLOCK

BITS_PER_SECOND = 24_000


class SoundEncoder:
    """The encoder of one stream. Times are 90 kHz ticks of the camera's media clock."""

    def __init__(self, codec: str, rate: int, channels: int) -> None:
        """Take `codec` (pcm_alaw or pcm_mulaw) of `rate` Hz."""
        self._rate = rate
        self._channels = channels
        self._layout = "mono" if channels == 1 else "stereo"
        self._decoder = _context(codec, "r", rate, self._layout, "s16")
        self._encoder: AudioCodecContext | None = None
        self._resampler = av.AudioResampler(format="fltp", layout=self._layout, rate=rate)
        self._origin = 0
        self._samples = 0

    def encode(self, pts: int, data: bytes) -> list[tuple[int, bytes]]:
        """Return the AAC frames that are complete now, with the times of their first samples."""
        frames: list[tuple[int, bytes]] = []
        expected = self._origin + self._samples * VIDEO_CLOCK // self._rate
        if self._encoder is None or abs(pts - expected) > JUMP_TICKS:
            frames += self.finish()
            self._encoder = _context("aac", "w", self._rate, self._layout, "fltp")
            self._encoder.bit_rate = BITS_PER_SECOND * self._channels
            self._encoder.options = {"aac_coder": "fast"}
            self._origin, self._samples = pts, 0
        for decoded in self._decoder.decode(av.Packet(data)):
            frames += self._encode(decoded)
        return frames

    def _encode(self, decoded: AudioFrame) -> list[tuple[int, bytes]]:
        assert self._encoder is not None
        frames: list[tuple[int, bytes]] = []
        decoded.pts, decoded.time_base = self._samples, Fraction(1, self._rate)
        decoded.sample_rate = self._rate
        self._samples += decoded.samples
        for sound in self._resampler.resample(decoded):
            frames += self._timed(sound)
        return frames

    def _timed(self, sound: AudioFrame | None) -> list[tuple[int, bytes]]:
        assert self._encoder is not None
        return [
            (self._origin + (packet.pts or 0) * VIDEO_CLOCK // self._rate, bytes(packet))
            for packet in self._encoder.encode(sound)
        ]

    def finish(self) -> list[tuple[int, bytes]]:
        """Return what is still inside the encoder."""
        if self._encoder is None:
            return []
        frames = self._timed(None)
        self._encoder = None
        return frames


def _context(name: str, mode: str, rate: int, layout: str, sample_format: str) -> AudioCodecContext:
    context = av.CodecContext.create(name, mode)  # type: ignore[call-overload]
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout, context.format = rate, layout, sample_format
    if mode == "w":
        context.time_base = Fraction(1, rate)
    return context
