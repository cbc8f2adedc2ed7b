"""The tamper table goes on: somebody who does not have the key puts another in its place."""

from hashlib import sha256
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kindergarten_engine.ledger import signed
from kindergarten_engine.ledger.chain import encode

from .conftest import END_US, archive_id
from .test_tampering import append, checked, codes, lines

THIEF = Ed25519PrivateKey.from_private_bytes(b"thief" * 6 + b"ab")
PUBLIC = THIEF.public_key().public_bytes_raw().hex()
FINGERPRINT = sha256(bytes.fromhex(PUBLIC)).hexdigest()


def new_key(**more: Any) -> dict[str, Any]:
    """Return a `key` record for the thief's key."""
    return {"public": PUBLIC, "fingerprint": FINGERPRINT, "by": None, "sig": None, **more}


def signed_head(archive: Path, day: str, number: int, digest: str) -> dict[str, Any]:
    """Return a `head` record that the thief signed."""
    data: dict[str, Any] = {"day": day, "n": number, "h": digest, "key": FINGERPRINT}
    return {**data, "sig": THIEF.sign(signed.head_message(archive_id(archive), data)).hex()}


def last_of(archive: Path) -> dict[str, Any]:
    """Return the ledger's last record."""
    record: dict[str, Any] = json.loads(lines(archive)[1][-1])
    return record


def rewrite(archive: Path) -> None:
    """Write the whole ledger anew, as if the thief's key had been there from the first day on."""
    path, content = lines(archive)
    before, made = "0" * 64, []
    for number, each in enumerate(map(json.loads, content), 1):
        data = each["d"]
        if each["k"] == "key":
            data = new_key()
        elif each["k"] == "head":
            data = signed_head(archive, data["day"], number - 1, before)
        line, before = encode(number, each["k"], each["e"], each["t"], data, before)
        made.append(line + b"\n")
    path.write_bytes(b"".join(made))


def test_key_that_is_exchanged_in_its_record_breaks_the_chain(archive: Path) -> None:
    path, content = lines(archive)
    number = next(n for n, line in enumerate(content) if b'"k":"key"' in line)
    record = json.loads(content[number])
    changed = content[number].replace(record["d"]["public"].encode(), PUBLIC.encode())
    content[number] = changed.replace(record["d"]["fingerprint"].encode(), FINGERPRINT.encode())
    path.write_bytes(b"".join(content))
    assert {"ledger_edited", "head_signature"} <= codes(checked(archive))


def test_history_rewritten_under_another_key_does_not_fit_the_recordings(archive: Path) -> None:
    """Ledger, seals and signatures are right in themselves: each recording knows the record before it."""
    head, key = last_of(archive), checked(archive)["key"]
    rewrite(archive)
    result = checked(archive)
    assert not result["ok"]
    assert result["key"] == FINGERPRINT
    assert "ledger_cut" in codes(result)
    assert "key_other" in codes(checked(archive, fingerprint=key))
    assert "head_unknown" in codes(checked(archive, head=head["h"], number=head["n"]))


def forged(archive: Path) -> dict[str, Any]:
    """Say that the key before signed the thief's, which it did not."""
    data = new_key(by=checked(archive)["key"])
    return {**data, "sig": THIEF.sign(signed.key_message(archive_id(archive), data)).hex()}


def test_key_that_the_one_before_did_not_sign_is_named(archive: Path) -> None:
    append(archive, ("key", forged(archive)))
    assert "key_changed" in codes(checked(archive))


def test_new_key_after_the_loss_of_the_old_one_stays_open(archive: Path) -> None:
    """As after the loss of the recorder: it may be honest, so it is told of and left to people."""
    append(archive, ("key", new_key()))
    last = last_of(archive)
    append(archive, ("head", signed_head(archive, "20260921", last["n"], last["h"])), at_us=END_US + 1)
    result = checked(archive)
    assert result["ok"]
    assert codes(result, "open") == {"key_unvouched"}
    assert result["key"] == FINGERPRINT


def test_new_key_that_nobody_vouches_for_is_wrong_against_the_old_one_from_outside(archive: Path) -> None:
    """A thief's page behind the true ones; whoever knows the new key as well gives that instead."""
    old = checked(archive)["key"]
    append(archive, ("key", new_key()))
    last = last_of(archive)
    append(archive, ("head", signed_head(archive, "20260921", last["n"], last["h"])), at_us=END_US + 1)
    assert codes(checked(archive, fingerprint=old)) == {"key_replaced"}
    assert checked(archive, fingerprint=FINGERPRINT)["ok"]
