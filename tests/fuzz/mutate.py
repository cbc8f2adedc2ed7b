"""Makes wrong inputs of right ones: every change is drawn from a seed and can be repeated."""

from collections.abc import Sequence
import random

NUMBERS = (
    0,
    1,
    2,
    7,
    8,
    127,
    128,
    255,
    256,
    32_767,
    32_768,
    65_535,
    1 << 24,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
)
LONGEST = 1 << 18
"""Bytes of an input; longer ones are cut."""


def mutate(dice: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """Return one of `seeds` with a few changes; `tokens` are words that the reader knows."""
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3, 5, 12))):
        _change(dice, data, seeds, tokens)
    return bytes(data[:LONGEST])


def _change(dice: random.Random, data: bytearray, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> None:
    at = dice.randrange(len(data) + 1)
    length = min(len(data) - at, dice.choice((1, 2, 4, 8, 30, 200, 4000)))
    match dice.randrange(9):
        case 0 if at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        case 1:
            data[at : at + length] = dice.randbytes(length)
        case 2:
            del data[at:]
        case 3:
            del data[at : at + length]
        case 4:
            data[at:at] = data[at : at + length] * dice.choice((1, 1, 2, 20))
        case 5:
            size = dice.choice((1, 2, 4, 8))
            number = (dice.choice(NUMBERS) + dice.choice((-1, 0, 0, 1))) % (1 << 8 * size)
            data[at : at + size] = number.to_bytes(size, dice.choice(("big", "little")))
        case 6 if tokens:
            data[at : at + dice.choice((0, length))] = dice.choice(tokens)
        case 7:
            other = dice.choice(seeds)
            start = dice.randrange(len(other) + 1)
            data[at : at + dice.choice((0, length))] = other[start : start + dice.choice((4, 40, 400, 4000))]
        case _:
            data[at:at] = dice.randbytes(dice.choice((1, 3, 16)))
