"""Certificates that cameras, recorders and servers make for themselves."""

import datetime as dt
import hashlib
from pathlib import Path
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def put_on(context: ssl.SSLContext, name: str, issuer: str | None = None) -> str:
    """Have a server show a new certificate of a name, by itself or some issuer; returns its SHA-256 in hex."""
    secret = ec.generate_private_key(ec.SECP256R1())
    then = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder(
            _common(issuer or name), _common(name), secret.public_key(), x509.random_serial_number()
        )
        .not_valid_before(then)
        .not_valid_after(then + dt.timedelta(days=36_500))
        .sign(secret, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pair.pem"
        file.write_bytes(
            secret.private_bytes(encoding, form, serialization.NoEncryption())
            + certificate.public_bytes(encoding)
        )
        context.load_cert_chain(file)
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def _common(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
