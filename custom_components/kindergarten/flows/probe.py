"""Looks at a camera before it is added, and says what was seen."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..archive.protocol import Archive, ArchiveRefused, ArchiveUnavailable, ProbeResult, ProbeSource
from ..const import CONF_SUB_PATH
from ..desired import ResolvedSource
from ..engine.legal import Profile
from . import words
from .folder import Note
from .names import FieldError

DEADLINE_S = 70
ENGINE_START_S = 10
ENGINE_LOOK_S = 0.3

AWAY = frozenset({"unreachable", "timeout", "refused", "engine_unavailable"})
"""What may be over in an hour: the camera can be added all the same."""

_REFUSALS = AWAY | {
    "bad_address",
    "auth",
    "not_found",
    "no_video",
    "unsupported_codec",
    "tls",
    "closed",
    "no_camera",
}

LONG_GOP_S = 5.0
CLOCK_LIMIT_MS = 2000
SOUND_NAMES = {"aac": "AAC", "pcm_alaw": "G.711", "pcm_mulaw": "G.711"}
VIDEO_NAMES = {"h264": "H.264", "h265": "H.265"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the main and the sub stream were seen to send."""

    main: ProbeResult = field(repr=False)
    sub: ProbeResult | None = field(default=None, repr=False)

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept with the camera."""
        audio = self.main.audio
        return {
            **_video(self.main),
            "fps": self.main.fps,
            "bps": self.main.bps,
            "gop_s": self.main.gop_s,
            "audio": audio.codec if audio else None,
            "clock_offset_ms": self.main.clock_offset_ms,
            "sub": _video(self.sub) if self.sub else None,
        }


async def async_probe(archive: Archive, source: ResolvedSource) -> Found:
    """Open the streams of a source.

    Raises FieldError: on the field `sub_path` (sub_failed) or `base` with the code of the refusal.
    """
    main = await _async_look(archive, source, source.main_url)
    if source.sub_url is None:
        return Found(main=main)
    try:
        sub = await _async_look(archive, source, source.sub_url)
    except FieldError as err:
        raise FieldError(CONF_SUB_PATH, "sub_failed") from err
    return Found(main=main, sub=sub)


async def _async_look(archive: Archive, source: ResolvedSource, url: str) -> ProbeResult:
    try:
        async with asyncio.timeout(DEADLINE_S):
            await async_wait_for_engine(archive)
            return await archive.probe(ProbeSource(url=url, user=source.user, secret=source.secret))
    except ArchiveRefused as err:
        raise FieldError("base", err.code if err.code in _REFUSALS else "probe_failed") from err
    except ArchiveUnavailable as err:
        raise FieldError("base", "engine_unavailable") from err
    except TimeoutError as err:
        raise FieldError("base", "timeout") from err


async def async_wait_for_engine(archive: Archive) -> None:
    """Give the engine time to start: the first camera is added seconds after the kindergarten."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ENGINE_START_S):
            while True:
                try:
                    await archive.status()
                except ArchiveUnavailable:
                    await asyncio.sleep(ENGINE_LOOK_S)
                else:
                    return


def figures(found: Found) -> dict[str, str]:
    """Return what was seen as placeholders; what could not be measured is a dash."""
    main = found.main
    return {
        "codec": VIDEO_NAMES.get(main.video.codec, main.video.codec),
        "width": str(main.video.width),
        "height": str(main.video.height),
        "fps": _number(main.fps, 1),
        "bitrate": _number(main.bps and main.bps / 1e6, 1),
        "key_frames": _number(main.gop_s, 1),
        "sound": SOUND_NAMES.get(main.audio.codec, main.audio.codec) if main.audio else "–",
        "clock": "–" if main.clock_offset_ms is None else f"{main.clock_offset_ms / 1000:+.1f}",
        "sub": f"{found.sub.video.width} × {found.sub.video.height}" if found.sub else "–",
    }


def notes(found: Found, profile: Profile) -> Iterator[Note]:
    """Say what the owner should know about a camera that works."""
    main, least = found.main, profile.technical_minimum
    if not main.video.browser:
        yield Note(code="hevc_with_sub" if found.sub and found.sub.video.browser else "hevc")
    if main.video.width < least.width.value or main.video.height < least.height.value:
        yield Note(code="small_picture", value=f"{least.width.value} × {least.height.value}")
    if main.fps is not None and main.fps < least.fps.value:
        yield Note(code="few_pictures", value=str(least.fps.value))
    if main.gop_s is not None and main.gop_s > LONG_GOP_S:
        yield Note(code="rare_key_frames", value=_number(main.gop_s, 0))
    if main.clock_offset_ms is not None and abs(main.clock_offset_ms) > CLOCK_LIMIT_MS:
        yield Note(code="clock_off", value=_number(abs(main.clock_offset_ms) / 1000, 0))
    if main.audio:
        yield Note(code="sound_off")


def remarks(say: words.Words, found: Found, profile: Profile) -> str:
    """Return the notes as a list in Markdown."""
    return "\n".join(f"- {say(f'seen_{note.code}', value=note.value)}" for note in notes(found, profile))


def _video(result: ProbeResult) -> Mapping[str, Any]:
    return {
        "codec": result.video.codec,
        "width": result.video.width,
        "height": result.video.height,
        "codecs": result.video.codecs,
        "browser": result.video.browser,
    }


def _number(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"
