"""A QR code of one size, enough for a fingerprint: version 4, error correction L, byte mode (ISO/IEC 18004)."""

SIZE = 33
_DATA, _EXTRA, _CAPACITY = 80, 20, 78
_FORMAT = 0b01 << 3
"""Level L and mask 0; the mask is not chosen for looks, any is valid."""


def code(text: str) -> list[list[bool]]:
    """Return the modules (True is dark) row by row, without the quiet zone of 4 around them.

    Raises ValueError for more than 78 bytes.
    """
    data = text.encode()
    if len(data) > _CAPACITY:
        raise ValueError(f"{len(data)} bytes do not fit")
    dark: dict[tuple[int, int], bool] = {}
    _patterns(dark)
    _format(dark)
    _fill(dark, _codewords(data))
    return [[dark[row, column] for column in range(SIZE)] for row in range(SIZE)]


def _codewords(data: bytes) -> bytes:
    bits = (0b0100 << 8 | len(data)) << len(data) * 8 | int.from_bytes(data)
    words = bytearray((bits << 4).to_bytes(len(data) + 2))
    while len(words) < _DATA:
        words.append(0xEC if (len(words) - len(data)) % 2 == 0 else 0x11)
    return bytes(words) + _reed_solomon(bytes(words))


def _times(a: int, b: int) -> int:
    """Multiply in GF(256) modulo x⁸ + x⁴ + x³ + x² + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a, b = a << 1 ^ (0x11D if a & 0x80 else 0), b >> 1
    return product


def _reed_solomon(data: bytes) -> bytes:
    generator, root = [1], 1
    for _ in range(_EXTRA):
        generator = [
            (generator[i] if i < len(generator) else 0) ^ (_times(generator[i - 1], root) if i else 0)
            for i in range(len(generator) + 1)
        ]
        root = _times(root, 2)
    rest = [0] * _EXTRA
    for byte in data:
        factor = byte ^ rest[0]
        rest = [
            old ^ _times(factor, weight)
            for old, weight in zip([*rest[1:], 0], generator[1:], strict=True)
        ]  # fmt: skip
    return bytes(rest)


def _patterns(dark: dict[tuple[int, int], bool]) -> None:
    """Draw finders with their borders, the alignment pattern and the timing lines."""
    for top, left in ((0, 0), (0, SIZE - 7), (SIZE - 7, 0)):
        for row in range(-1, 8):
            for column in range(-1, 8):
                if 0 <= top + row < SIZE and 0 <= left + column < SIZE:
                    ring = max(abs(row - 3), abs(column - 3))
                    dark[top + row, left + column] = ring not in {2, 4}
    for row in range(-2, 3):
        for column in range(-2, 3):
            dark[SIZE - 7 + row, SIZE - 7 + column] = max(abs(row), abs(column)) != 1
    for at in range(8, SIZE - 8):
        dark[6, at] = dark[at, 6] = at % 2 == 0


def _format(dark: dict[tuple[int, int], bool]) -> None:
    """Draw level and mask twice, with their own error correction, and the one module that is always dark."""
    rest = _FORMAT << 10
    for shift in range(4, -1, -1):
        if rest >> shift + 10 & 1:
            rest ^= 0b10100110111 << shift
    bits = (_FORMAT << 10 | rest) ^ 0b101010000010010
    first = [(8, at) for at in (0, 1, 2, 3, 4, 5, 7, 8)] + [(at, 8) for at in (7, 5, 4, 3, 2, 1, 0)]
    second = [(SIZE - 1 - at, 8) for at in range(7)] + [(8, SIZE - 8 + at) for at in range(8)]
    for places in (first, second):
        for at, place in enumerate(places):
            dark[place] = bool(bits >> 14 - at & 1)
    dark[SIZE - 8, 8] = True


def _fill(dark: dict[tuple[int, int], bool], words: bytes) -> None:
    """Write the bits in double columns, from the right, upwards and downwards in turn, masked."""
    bits = iter(word >> shift & 1 for word in words for shift in range(7, -1, -1))
    upwards = True
    for right in (*range(SIZE - 1, 6, -2), 5, 3, 1):
        for row in range(SIZE - 1, -1, -1) if upwards else range(SIZE):
            for column in (right, right - 1):
                if (row, column) not in dark:
                    dark[row, column] = bool(next(bits, 0)) != ((row + column) % 2 == 0)
        upwards = not upwards
