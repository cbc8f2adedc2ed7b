"""What somebody with the disk in hand may do to an archive is found by a stranger with the same disk."""

from collections.abc import Callable
import hashlib
import json
from typing import Any

import pytest

from kindergarten_engine.decode.signing import sign, valid
from kindergarten_engine.evidence.history import retold
from kindergarten_engine.ledger import verify
from kindergarten_engine.ledger.chain import START, Json, encode
from kindergarten_engine.ledger.seal import code, parse_seal, root
from kindergarten_engine.ledger.signed import head_message

from ..holds.site import HALL, HOUR_US, Site
from ..virtual import MOUNT


@pytest.fixture(scope="module")
def whole() -> Site:
    site = Site(days=30)
    site.hours(10)
    site.hold(site.now - 4 * HOUR_US, site.now)
    site.hours(30)
    site.store.close("upgrade")
    site.env.kill()
    return site


class Copy:
    """The bytes of an archive, to be changed."""

    def __init__(self, site: Site) -> None:
        self.archive_id = str(site.archive_id)
        fs = site.env.fs
        self.ledger: dict[str, bytes] = {
            each.name: fs.read(f"{MOUNT}/ledger/{each.name}") for each in fs.list(f"{MOUNT}/ledger")
        }
        self.seals = {each.name: fs.read(f"{MOUNT}/seals/{each.name}") for each in fs.list(f"{MOUNT}/seals")}
        self.files = {path: fs.read(f"{MOUNT}/{path}") for path, _ in site._files()}
        self.heads = [site._head(path) for path in self.files]

    def lines(self) -> list[bytes]:
        """Return the ledger's lines."""
        return b"".join(self.ledger.values()).splitlines(keepends=True)

    def put(self, lines: list[bytes]) -> None:
        """Replace the ledger."""
        (name,) = self.ledger
        self.ledger[name] = b"".join(lines)

    def forge(self, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
        """Write the whole chain anew, as its owner could: `change` alters a record, or takes it out (None)."""
        lines: list[bytes] = []
        before = START
        for line in self.lines():
            body = change(json.loads(line))
            if body is not None:
                new, before = encode(len(lines) + 1, body["k"], body["e"], body["t"], body["d"], before)
                lines.append(new + b"\n")
        self.put(lines)

    def look(self, **outside: Any) -> set[str]:
        """Return the codes of all findings."""
        chain = verify.read_chain(self.ledger.items())
        sealed = verify.read_seals(chain, self.seals.get, self.seals)
        findings = [*chain.findings, *sealed.findings]
        findings += verify.check_files(
            sealed, lambda path: len(self.files[path]) if path in self.files else None, self._hash
        )
        findings += verify.check_file_heads(chain, [each for each in self.heads if each[0] in self.files])
        findings += verify.check_signatures(
            chain, self.archive_id, valid, outside.get("fingerprint")
        ).findings
        if "head" in outside:
            found = verify.check_head(chain, outside["head"])
            findings += [found] if found else []
        return {each.code for each in findings}

    def _hash(self, path: str) -> str:
        return hashlib.sha256(self.files[path]).hexdigest()


@pytest.fixture
def copy(whole: Site) -> Copy:
    return Copy(whole)


def some_file(copy: Copy) -> str:
    return str(parse_seal(next(iter(copy.seals.values())))[3].path)


def at(copy: Copy, kind: str) -> int:
    """Return the place of the first line of a kind."""
    return next(place for place, line in enumerate(copy.lines()) if json.loads(line)["k"] == kind)


def test_an_untouched_archive_has_no_findings(copy: Copy) -> None:
    assert copy.look() == set()


def test_a_deleted_file_is_missed(copy: Copy) -> None:
    del copy.files[some_file(copy)]
    assert copy.look() == {"file_missing"}


def test_one_flipped_bit_in_a_file_is_found(copy: Copy) -> None:
    path = some_file(copy)
    data = bytearray(copy.files[path])
    data[len(data) // 2] ^= 1
    copy.files[path] = bytes(data)
    assert copy.look() == {"file_changed"}


def test_a_file_of_another_camera_in_its_place_is_found(copy: Copy) -> None:
    first = some_file(copy)
    copy.files[first] = next(
        data for path, data in copy.files.items() if path.split("/")[1] != first.split("/")[1]
    )
    assert copy.look() & {"file_changed", "file_size"}


def test_an_edited_line_is_found(copy: Copy) -> None:
    lines = copy.lines()
    place = at(copy, "hold")
    lines[place] = lines[place].replace(b'"incident":false', b'"incident":true')
    copy.put(lines)
    assert "ledger_edited" in copy.look()


def test_a_removed_line_is_found(copy: Copy) -> None:
    lines = copy.lines()
    del lines[at(copy, "hold")]
    copy.put(lines)
    assert "ledger_removed" in copy.look()


def test_exchanged_lines_are_found(copy: Copy) -> None:
    lines = copy.lines()
    lines[5], lines[6] = lines[6], lines[5]
    copy.put(lines)
    assert copy.look() & {"ledger_broken", "ledger_removed"}


def test_a_ledger_cut_short_is_found_by_the_files_that_came_later(copy: Copy) -> None:
    copy.put(copy.lines()[: at(copy, "seal")])
    copy.seals.clear()
    assert "ledger_cut" in copy.look()


def test_a_ledger_cut_short_is_found_by_a_head_from_outside(copy: Copy, whole: Site) -> None:
    head = json.loads(copy.lines()[-1])["h"]
    assert copy.look(head=code(head)) == copy.look(head=head) == set()
    copy.put(copy.lines()[:-1])
    assert copy.look(head=code(head)) == {"head_unknown"}


def test_a_missing_ledger_is_said(copy: Copy) -> None:
    copy.put([])
    assert {"ledger_missing", "ledger_cut"} <= copy.look()


def test_an_edited_seal_is_found(copy: Copy) -> None:
    name = next(iter(copy.seals))
    files = parse_seal(copy.seals[name])
    copy.seals[name] = copy.seals[name].replace(files[0].sha256.encode(), files[1].sha256.encode())
    assert copy.look() == {"seal_edited"}


def test_a_forged_seal_with_half_a_letter_is_found_and_stops_nobody(copy: Copy) -> None:
    name = next(iter(copy.seals))
    old = hashlib.sha256(copy.seals[name]).hexdigest()
    copy.seals[name] = copy.seals[name].replace(b'"stream":"main"', b'"stream":"\\udefd"', 1)
    new = hashlib.sha256(copy.seals[name]).hexdigest()
    copy.forge(lambda body: json.loads(json.dumps(body).replace(old, new)))
    assert "seal_edited" in copy.look()


def test_a_missing_seal_is_found(copy: Copy) -> None:
    copy.seals.clear()
    assert copy.look() == {"seal_missing"}


def test_a_seal_that_was_put_there_is_said(copy: Copy) -> None:
    copy.seals["20200101.jsonl"] = next(iter(copy.seals.values()))
    assert copy.look() == {"seal_unrecorded"}


def test_a_rewritten_chain_is_found_by_the_files_and_by_its_signatures(copy: Copy) -> None:
    copy.forge(lambda body: None if body["k"] == "hold" else body)
    assert {"ledger_cut", "head_signature"} <= copy.look()


def test_another_key_under_a_rewritten_chain_is_found_from_outside(copy: Copy) -> None:
    old = next(
        json.loads(line)["d"]["fingerprint"] for line in copy.lines() if json.loads(line)["k"] == "key"
    )
    seed = b"\x07" * 32
    public = sign(seed, b"")[1]
    fingerprint = hashlib.sha256(public).hexdigest()
    hashes: list[str] = [START]

    def change(body: dict[str, Any]) -> dict[str, Any]:
        if body["k"] == "key":
            body["d"] = {"public": public.hex(), "fingerprint": fingerprint, "by": None, "sig": None}
        elif body["k"] == "head":
            data = {**body["d"], "h": hashes[-1], "key": fingerprint}
            data["sig"] = sign(seed, head_message(copy.archive_id, data))[0].hex()
            body["d"] = data
        hashes.append(encode(len(hashes), body["k"], body["e"], body["t"], body["d"], hashes[-1])[1])
        return body

    copy.forge(change)
    assert "head_signature" not in copy.look()
    assert "key_other" in copy.look(fingerprint=old)
    assert copy.look(fingerprint=fingerprint) == {"ledger_cut"}


def test_a_key_that_vouches_wrongly_for_another_is_found(copy: Copy, whole: Site) -> None:
    public = sign(b"\x07" * 32, b"")[1]
    last = json.loads(copy.lines()[-1])
    old = records_key(copy)
    data: dict[str, Json] = {
        "public": public.hex(),
        "fingerprint": hashlib.sha256(public).hexdigest(),
        "by": old,
        "sig": "00" * 64,
    }
    line, _ = encode(last["n"] + 1, "key", last["e"], last["t"], data, last["h"])
    copy.put([*copy.lines(), line + b"\n"])
    assert copy.look() == {"key_changed"}


def records_key(copy: Copy) -> str:
    return next(
        str(json.loads(line)["d"]["fingerprint"]) for line in copy.lines() if json.loads(line)["k"] == "key"
    )


def test_an_excerpt_may_begin_anywhere_and_must_not_have_holes(copy: Copy) -> None:
    lines = copy.lines()[10:30]
    assert verify.read_chain([("x.jsonl", b"".join(lines))], whole=False).findings == []
    del lines[5]
    assert verify.read_chain([("x.jsonl", b"".join(lines))], whole=False).findings != []


def test_held_footage_that_was_deleted_all_the_same_is_found(copy: Copy) -> None:
    hold = json.loads(copy.lines()[at(copy, "hold")])
    sealed = [file for content in copy.seals.values() for file in parse_seal(content)]
    victim = next(
        each
        for each in sealed
        if each.camera == HALL and each.t0 > hold["d"]["t0"] and each.t1 < hold["d"]["t1"]
    )
    starts = [json.loads(line) for line in copy.lines() if json.loads(line)["k"] == "start"]
    utc0, epoch = starts[0]["d"]["utc0"], starts[0]["e"]
    last = json.loads(copy.lines()[-1])
    file = [
        HALL,
        "main",
        victim.run,
        victim.seq,
        epoch,
        victim.t0 - utc0,
        victim.t1 - utc0,
        victim.bytes,
        victim.sha256,
    ]
    data: dict[str, Json] = {"reason": "age", "below_minimum": False, "files": [file]}
    line, _ = encode(last["n"] + 1, "delete", last["e"], last["t"], data, last["h"])
    copy.put([*copy.lines(), line + b"\n"])
    chain = verify.read_chain(copy.ledger.items())
    assert chain.findings == []
    assert [each.code for each in retold(chain.records)[1]] == ["hold_deleted"]


def test_the_merkle_root_depends_on_every_leaf_and_on_their_order() -> None:
    leaves = [f"{number:064x}" for number in range(5)]
    assert (
        len({root(leaves), root(leaves[::-1]), root(leaves[:4]), root([*leaves[:4], leaves[0]]), root([])})
        == 5
    )
    assert root([]) == "0" * 64
