"""Session descriptions (RFC 4566) and what of them we can read."""

from base64 import b64decode
import binascii
from dataclasses import dataclass, field

from ....errors import FormatError, SourceError
from ...format.parameter_sets import parse_asc
from ..interface import AudioTrack, NotUnderstoodError, VideoTrack

MAX_LINES = 1_000
_VIDEO = {"H264": "h264", "H265": "h265", "HEVC": "h265"}
_G711 = {"PCMA": "pcm_alaw", "PCMU": "pcm_mulaw"}
_STATIC = {0: ("PCMU", 8000, 1), 8: ("PCMA", 8000, 1)}
_SETS = ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets")


@dataclass(kw_only=True, slots=True)
class Media:
    """One `m=` part: its first payload type and what is said of it. `clock` is in Hz."""

    kind: str
    payload: int
    encoding: str = ""
    clock: int = 0
    channels: int = 1
    parameters: dict[str, str] = field(default_factory=dict)
    control: str = ""
    sends: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """What we can read of a camera. `sound` is there when the camera has any, `audio` when we can read it."""

    control: str
    picture: Media
    video: VideoTrack
    sound: Media | None
    audio: AudioTrack | None


def describe(text: str) -> Described:
    """Return what to set up; raises SourceError, NotUnderstoodError where another reader may do better."""
    control, media = _parse(text)
    pictures = [each for each in media if each.kind == "video" and each.sends]
    if not pictures:
        raise NotUnderstoodError("no_video", "the camera describes no picture track")
    picture = next((each for each in pictures if each.encoding in _VIDEO), None)
    if picture is None:
        name = pictures[0].encoding[:40]
        raise NotUnderstoodError("unsupported_codec", f"the camera sends {name or 'an unnamed codec'}")
    parameters = picture.parameters
    if parameters.get("packetization-mode") == "2" or parameters.get("sprop-max-don-diff", "0") != "0":
        raise NotUnderstoodError("unsupported_codec", "the camera sends interleaved units")
    sounds = [each for each in media if each.kind == "audio" and each.sends]
    found = [(each, _audio(each)) for each in sounds]
    sound, audio = next((each for each in found if each[1]), (sounds[0], None) if sounds else (None, None))
    return Described(
        control=control,
        picture=picture,
        video=VideoTrack(codec=_VIDEO[picture.encoding], parameter_sets=_sets(parameters)),
        sound=sound,
        audio=audio,
    )


def _parse(text: str) -> tuple[str, list[Media]]:
    control, media = "", list[Media]()
    for line in text.splitlines()[:MAX_LINES]:
        name, _, value = line.strip().partition("=")
        if name == "m":
            media.append(_media(value))
            continue
        current = media[-1] if media else None
        if name != "a":
            continue
        attribute, _, rest = value.partition(":")
        if attribute == "control":
            if current:
                current.control = rest.strip()
            else:
                control = rest.strip()
        elif current:
            _attribute(current, attribute, rest)
    return control, media


def _media(value: str) -> Media:
    fields = value.split()
    payload = int(fields[3]) if len(fields) > 3 and fields[3].isdecimal() and len(fields[3]) < 4 else -1
    encoding, clock, channels = _STATIC.get(payload, ("", 0, 1))
    kind = fields[0].lower() if fields else ""
    return Media(kind=kind, payload=payload, encoding=encoding, clock=clock, channels=channels)


def _attribute(media: Media, name: str, rest: str) -> None:
    if name in {"sendonly", "inactive"}:  # what the camera wants to hear from us, or nothing
        media.sends = name == "sendonly" and media.kind == "video"
        return
    payload, _, value = rest.strip().partition(" ")
    if payload != str(media.payload):
        return
    if name == "rtpmap":
        encoding, _, numbers = value.strip().partition("/")
        clock, _, channels = numbers.partition("/")
        media.encoding = encoding.upper()
        media.clock = int(clock) if clock.isdecimal() and len(clock) < 8 else 0
        media.channels = int(channels) if channels in {"1", "2", "3", "4", "5", "6", "7", "8"} else 1
    elif name == "fmtp":
        for each in value.split(";"):
            key, _, said = each.strip().partition("=")
            media.parameters[key.strip().lower()] = said.strip()


def _sets(parameters: dict[str, str]) -> tuple[bytes, ...]:
    """Return the parameter sets of a description; what is damaged is left out, the camera sends them in band too."""
    sets = []
    for name in _SETS:
        for text in parameters.get(name, "").split(",")[:16]:
            try:
                unit = b64decode(text + "=" * (-len(text) % 4)).rstrip(b"\0")
            except binascii.Error, ValueError:
                continue
            for start in (b"\0\0\0\1", b"\0\0\1"):
                unit = unit.removeprefix(start)
            if len(unit) > 3:
                sets.append(unit)
    return tuple(sets)


def _audio(media: Media) -> AudioTrack | None:
    """Return the track, None when we cannot record it; raises NotUnderstoodError for AAC in LATM."""
    if media.encoding in _G711 and media.clock:
        return AudioTrack(codec=_G711[media.encoding], rate=media.clock, channels=min(media.channels, 2))
    parameters = media.parameters
    if media.encoding != "MPEG4-GENERIC" or parameters.get("mode", "").lower() != "aac-hbr":
        return None
    lengths = [parameters.get(name) for name in ("sizelength", "indexlength", "indexdeltalength")]
    if lengths != ["13", "3", "3"]:
        return None
    try:
        config = bytes.fromhex(parameters.get("config", ""))
        _, rate, channels = parse_asc(config)
    except ValueError, FormatError:
        return None
    return AudioTrack(codec="aac", rate=rate, channels=channels or media.channels, config=config)


def refused(status: int) -> SourceError:
    """Say what an answer means that is not "OK"."""
    if status in {401, 403}:
        return SourceError("auth", "the camera refuses this login", "secret")
    if status == 404:
        return SourceError("not_found", "the camera has no such stream", "url")
    if status == 461:
        return NotUnderstoodError("refused", "the camera does not send over this connection")
    if 400 <= status < 500:
        return SourceError("not_found", "the camera refuses this stream", "url")
    return SourceError("refused", "the camera answers with an error")
