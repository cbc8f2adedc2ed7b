"""Reading the bits of parameter sets and headers (ITU-T H.264 §7.3, §9.1)."""

from ...errors import FormatError

MAX_BYTES = 4096
"""More than any honest parameter set has; bounds the work garbage can cause."""


class BitReader:
    """Reads an RBSP bit by bit; raises FormatError at its end."""

    __slots__ = ("_left", "_value")

    def __init__(self, rbsp: bytes) -> None:
        """Begin at the first bit of `rbsp`."""
        rbsp = rbsp[:MAX_BYTES]
        self._value = int.from_bytes(rbsp)
        self._left = len(rbsp) * 8

    @property
    def left(self) -> int:
        """Return how many bits are left."""
        return self._left

    def u(self, count: int) -> int:
        """Return the next `count` bits as an unsigned number."""
        if count > self._left:
            raise FormatError("parameter set ends too early")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        """Return the next bit."""
        return self.u(1) == 1

    def skip(self, count: int) -> None:
        """Leave out `count` bits."""
        self.u(count)

    def ue(self) -> int:
        """Return an unsigned Exp-Golomb number."""
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > 32:
                raise FormatError("parameter set has a number that is too large")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """Return a signed Exp-Golomb number."""
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def unescape(unit: bytes | memoryview) -> bytes:
    """Return the RBSP of a NAL unit's bytes: emulation prevention removed (H.264 §7.4.1)."""
    return bytes(unit).replace(b"\0\0\3", b"\0\0")
