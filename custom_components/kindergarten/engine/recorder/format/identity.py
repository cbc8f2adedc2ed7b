"""The header box that makes a file ours: whose it is and when it began."""

from dataclasses import asdict, dataclass, fields
import json
import re
import struct
from uuid import UUID
import zlib

from ...errors import FormatError
from .boxes import box

IDENTITY_UUID = UUID("6b67726e-7265-636f-8d01-b5f3c07a2e41").bytes
MARK = b"uuid" + IDENTITY_UUID

_HEAD = struct.Struct(">BBHI")
_VERSION = 1
_MAX_BYTES = 4096
_MAX_NUMBER = 1 << 63
_HEX = re.compile(r"[0-9a-f]{1,64}")
_WORD = re.compile(r"[0-9a-z-]{1,64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What a file says about itself.

    `mono_ns` is the monotonic clock of boot `boot_id` and `utc_us` our best UTC when the file's
    first picture was taken, `rel_start_us` the same on the epoch's clock, `ticks0` the decoding
    time of that picture since the run began (90 kHz), `init_sha` the SHA-256 (hex) of the init
    segment before durations were filled in, `ledger_n` and `ledger_h` the ledger's head.
    """

    archive_id: str
    camera: str
    stream: str
    run: int
    seq: int
    epoch: int
    boot_id: str
    mono_ns: int
    utc_us: int
    rel_start_us: int
    ticks0: int
    init_sha: str
    ledger_n: int = 0
    ledger_h: str = ""


_NUMBERS = tuple(each.name for each in fields(Identity) if each.type is int)
_TEXTS = tuple(each.name for each in fields(Identity) if each.type is str)


def identity_box(identity: Identity) -> bytes:
    """Return the `uuid` box; raises FormatError for values that could not be read back."""
    _check(identity)
    text = json.dumps(asdict(identity), sort_keys=True, separators=(",", ":")).encode()
    return box(b"uuid", IDENTITY_UUID, _HEAD.pack(_VERSION, 0, len(text), zlib.crc32(text)), text)


def parse_identity(body: bytes) -> tuple[Identity, int]:
    """Return the identity in the body of a `uuid` box (behind the 8 bytes of size and name), and the body's length.

    Fields of a later version are ignored; raises FormatError for anything else that is not right.
    """
    if body[:16] != IDENTITY_UUID or len(body) < 16 + _HEAD.size:
        raise FormatError("not a header box of ours")
    _, _, length, crc = _HEAD.unpack_from(body, 16)
    end = 16 + _HEAD.size + length
    text = bytes(body[16 + _HEAD.size : end])
    if len(text) != length or length > _MAX_BYTES or zlib.crc32(text) != crc:
        raise FormatError("header box is damaged")
    try:
        values = json.loads(text)
        identity = Identity(**{name: values[name] for name in (*_NUMBERS, *_TEXTS)})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError("header box lacks something") from error
    _check(identity)
    return identity, end


def _check(identity: Identity) -> None:
    for name in _NUMBERS:
        value = getattr(identity, name)
        if type(value) is not int or not -_MAX_NUMBER <= value < _MAX_NUMBER:
            raise FormatError(f"header box has an impossible {name}")
    for name in _TEXTS:
        if type(getattr(identity, name)) is not str:
            raise FormatError(f"header box has an impossible {name}")
    if min(identity.run, identity.seq, identity.epoch, identity.ticks0, identity.ledger_n) < 0:
        raise FormatError("header box has a negative number")
    words = (identity.archive_id, identity.camera, identity.boot_id)
    if not all(map(_WORD.fullmatch, words)) or identity.stream not in ("main", "sub"):
        raise FormatError("header box has an impossible name")
    if not _HEX.fullmatch(identity.init_sha) or (identity.ledger_h and not _HEX.fullmatch(identity.ledger_h)):
        raise FormatError("header box has an impossible hash")
