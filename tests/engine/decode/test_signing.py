"""Signing happens in a worker, and what was changed does not verify."""

from collections.abc import AsyncIterator

import pytest

from kindergarten_engine.decode.client import DecodeClient

# RFC 8032, 7.1, test 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
MESSAGE = b"\x72"
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


@pytest.fixture
async def client() -> AsyncIterator[DecodeClient]:
    """Return a client whose worker ends with the test."""
    client = DecodeClient()
    yield client
    await client.close()


async def test_it_signs_as_the_standard_says(client: DecodeClient) -> None:
    assert await client.sign(SEED, MESSAGE) == (SIGNATURE, PUBLIC)


async def test_only_what_was_signed_is_valid(client: DecodeClient) -> None:
    assert await client.valid(PUBLIC, MESSAGE, SIGNATURE)
    assert not await client.valid(PUBLIC, MESSAGE + b"x", SIGNATURE)
    assert not await client.valid(PUBLIC, MESSAGE, bytes(64))
    assert not await client.valid(bytes(32), MESSAGE, SIGNATURE)
    assert not await client.valid(PUBLIC, MESSAGE, SIGNATURE[:-1])
