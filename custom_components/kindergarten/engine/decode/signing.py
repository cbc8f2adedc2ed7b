"""Ed25519, in the worker: the engine's own process does not load a cryptography library."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED = 32
PUBLIC = 32
SIGNATURE = 64


def sign(seed: bytes, message: bytes) -> tuple[bytes, bytes]:
    """Return the signature (64 bytes) of a message and the public key (32 bytes) of a private one."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key.sign(message), key.public_key().public_bytes_raw()


def valid(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature is right."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature, ValueError:
        return False
    return True
