"""The engine's own exceptions."""

from typing import override


class EngineError(Exception):
    """Anything the engine can say about what went wrong.

    `code` is stable and machine-readable (Home Assistant translates it), `text` is English for
    logs and never holds a secret, `field` names the part of the request that is to blame.
    """

    def __init__(self, code: str, text: str, field: str | None = None) -> None:
        """Say what went wrong."""
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.field = field

    @override
    def __str__(self) -> str:
        """Return code and text."""
        return f"{self.code}: {self.text}"


class FormatError(EngineError):
    """Bytes that are not what they should be."""

    def __init__(self, text: str) -> None:
        """Say what is wrong with the bytes."""
        super().__init__("bad_format", text)


class SourceError(EngineError):
    """A camera that could not be read.

    Codes: bad_address, unreachable, refused, auth, not_found, no_video, unsupported_codec,
    timeout, stall, closed, tls, unsteady, too_much, no_camera.
    """


class ArchiveError(EngineError):
    """An archive folder that cannot be used.

    Codes: none, missing, foreign, read_only, full, error, busy.
    """


class RequestError(EngineError):
    """A request to the engine that cannot be carried out."""
