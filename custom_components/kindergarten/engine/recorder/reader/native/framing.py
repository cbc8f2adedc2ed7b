"""What comes over an RTSP connection: messages, and RTP packets between them (RFC 2326 §10.12).

One buffer is used again and again, and a packet is two places in it: at 16 cameras there are 6,000
a second, and an object for each would cost more than all else.
"""

from collections.abc import Callable

from ....errors import SourceError
from ..interface import NotUnderstoodError
from .messages import MAX_BODY, MAX_HEAD, Message, parse

SIZE = 256 << 10
MAX_SKIPPED = 1 << 20
"""Bytes of one connection that may be neither packet nor message."""

_DOLLAR = ord("$")
_BREAKS = frozenset(b"\r\n")
_WORDS = frozenset({b"RTSP", b"ANNO", b"GET_", b"SET_", b"OPTI", b"TEAR", b"REDI", b"PLAY", b"PAUS"})

type Handler = Callable[[int, int], None]
"""Takes the begin and the end of a packet in the buffer."""

type Follower = Callable[[int, int, int], int]
"""Takes a packet that was handled and the end of all that is here; takes what follows, and returns where that ends."""


class Framing:
    """Finds packets and messages in what a camera sends."""

    def __init__(self, heard: Callable[[Message], None]) -> None:
        """Hand messages to `heard`, and packets to `handlers` by their channel; then `followers` are asked."""
        self.buffer = bytearray(SIZE)
        self.view = memoryview(self.buffer)
        self.handlers: list[Handler | None] = [None] * 256
        self.followers: list[Follower | None] = [None] * 256
        self.keep: list[Callable[[], None]] = []
        self._heard = heard
        self._begin = self._end = 0
        self._spoke = False
        self._skipped = 0

    def close(self) -> None:
        """Let go of the buffer now: what points to what here is only collected some time later."""
        self.handlers, self.followers = [None] * 256, [None] * 256
        self.keep.clear()
        self.buffer, self.view = bytearray(), memoryview(b"")

    def room(self) -> memoryview:
        """Return where the next bytes belong.

        What handlers still hold of the buffer is overwritten, so they are told to `keep` it.
        """
        for keep in self.keep:
            keep()
        begin, end = self._begin, self._end
        if begin:
            self.view[: end - begin] = self.view[begin:end]
            self._begin, self._end = 0, end - begin
        return self.view[self._end :]

    def take(self, count: int) -> None:
        """Take so many bytes that were put into the room; raises SourceError for what is no RTSP."""
        self._end += count
        buffer, at, end = self.buffer, self._begin, self._end
        handlers, followers = self.handlers, self.followers
        try:
            while end - at >= 4:
                if buffer[at] != _DOLLAR:
                    following = self._text(at, end)
                    if following < 0:
                        break
                    at = following
                    continue
                stop = at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
                handler = handlers[buffer[at + 1]]
                if handler is None and at + 4 < end and buffer[at + 4] & 0xC0 != 0x80:
                    at = self._resync(at + 1, end)
                    continue
                if stop > end:
                    break
                if stop < end and buffer[stop] != _DOLLAR and not self._is_text(stop, end):
                    at = self._resync(at + 1, end)
                    continue
                follower = followers[buffer[at + 1]]
                if handler is not None:
                    handler(at + 4, stop)
                at = stop if follower is None else follower(at + 4, stop, end)
        finally:
            self._begin = at

    def _is_text(self, at: int, end: int) -> bool:
        """Tell whether a message can begin here."""
        if self.buffer[at] in _BREAKS:
            return True
        word = bytes(self.buffer[at : min(at + 4, end)])
        return any(each.startswith(word) for each in _WORDS)

    def _text(self, at: int, end: int) -> int:
        """Take a message; return what follows it, -1 when the rest of it is not here yet."""
        buffer = self.buffer
        if buffer[at] in _BREAKS:
            return at + 1
        if not self._is_text(at, end):
            return self._resync(at + 1, end)
        head = buffer.find(b"\r\n\r\n", at, min(end, at + MAX_HEAD))
        if head < 0:
            if end - at >= MAX_HEAD:
                raise SourceError("closed", "the camera's answer never ends")
            return -1
        message = parse(bytes(self.view[at:head]))
        if message.length > MAX_BODY:
            raise SourceError("refused", "the camera's answer is too long")
        stop = head + 4 + message.length
        if stop > end:
            return -1
        message.body = bytes(self.view[head + 4 : stop])
        self._spoke = True
        self._heard(message)
        return stop

    def _resync(self, at: int, end: int) -> int:
        """Return where the next packet seems to begin: some cameras leave a packet unfinished."""
        if not self._spoke:
            raise SourceError("closed", "what answers there hangs up, or is no camera")
        buffer, began = self.buffer, at
        while (at := buffer.find(b"$", at, end)) >= 0:
            fits = end - at < 6 or (self.handlers[buffer[at + 1]] and buffer[at + 4] & 0xC0 == 0x80)
            if fits:
                break
            at += 1
        at = end if at < 0 else at
        text = buffer.find(b"RTSP/1.0 ", began, at)
        at = text if text >= 0 else at
        self._skipped += at - began
        if self._skipped > MAX_SKIPPED:
            raise NotUnderstoodError("closed", "the camera sends what is no RTP")
        return at
