"""A real engine on the demo archive: exports, challenges, verifying and proof through its socket."""

import asyncio
from collections.abc import AsyncIterator
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from kindergarten_engine.ledger.seal import code
from kindergarten_engine.report import verifier
from tests.demo_archive import plan
from tests.engine.process.rig import EngineProcess, config, until
from tests.stopwatch import Stopwatch

from .conftest import DAY_US, END_US, archive_id

NOON = END_US - DAY_US // 2


@pytest.fixture
async def engine(archive: Path, tmp_path: Path) -> AsyncIterator[EngineProcess]:
    """Run an engine that has the archive and no cameras."""
    process = EngineProcess(tmp_path / "state")
    await process.start()
    wanted = config(archive)
    wanted["archive"]["archive_id"] = archive_id(archive)
    assert (await process.answer("PUT", "config", wanted))[0] == 200

    async def open_() -> bool:
        return bool((await process.ask("GET", "status"))["archive"]["state"] == "ok")

    await until(open_)
    yield process
    await process.close()


async def ended(engine: EngineProcess, route: str) -> dict[str, Any]:
    """Wait for a job or an export to end."""

    async def look() -> dict[str, Any] | None:
        found: dict[str, Any] = await engine.ask("GET", route)
        return None if found["state"] == "running" else found

    found: dict[str, Any] = await until(look, 300)
    return found


def order(**more: Any) -> dict[str, Any]:
    """Return a wish for a quarter of an hour."""
    return {
        "cameras": [plan.uid(0)], "t0_us": NOON, "t1_us": NOON + 900_000_000, "purpose": "police", "recipient": "K-17",
        "by": "admin", "exact": False, **more,
    }  # fmt: skip


def ledger(archive: Path) -> list[dict[str, Any]]:
    """Return the records of an archive."""
    return [
        json.loads(line)
        for path in sorted((archive / "ledger").iterdir())
        for line in path.read_bytes().splitlines()
    ]


def verified(folder: Path, *options: str) -> tuple[int, str]:
    """Return what the published verifier says."""
    command = [sys.executable, str(verifier.FOLDER / "verify.py"), str(folder), "--lang", "en", *options]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, done.stdout.decode()


async def test_export_is_signed_verifies_and_is_in_the_ledger(
    engine: EngineProcess, archive: Path, tmp_path: Path
) -> None:
    status, begun = await engine.answer("POST", "exports", order())
    assert status == 202
    done = await ended(engine, f"exports/{begun['id']}")
    assert done["state"] == "done", done
    folder = tmp_path / "received"
    for each in done["files"]:
        code, data = await engine.fetch(f"exports/{begun['id']}/{each['name']}")
        assert (code, len(data)) == (200, each["bytes"])
        (folder / each["name"]).parent.mkdir(parents=True, exist_ok=True)
        (folder / each["name"]).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["signed"] is True
    record = next(each for each in ledger(archive) if each["k"] == "export")
    assert record["d"]["uid"] == begun["id"]
    head = f"{manifest['head']['n']}:{manifest['head']['h']}"
    code, text = await asyncio.to_thread(verified, folder, "--key", manifest["signer"], "--head", head)
    assert code == 0, text


async def test_exact_copy_is_marked_in_name_and_manifest(engine: EngineProcess, archive: Path) -> None:
    wanted = order(t0_us=NOON + 3_000_000, t1_us=NOON + 30_000_000, exact=True)
    begun = await engine.ask("POST", "exports", wanted)
    done = await ended(engine, f"exports/{begun['id']}")
    assert done["state"] == "done", done
    manifest = json.loads((archive / "exports" / begun["id"] / "manifest.json").read_bytes())
    whole, copy = manifest["runs"]
    assert copy["exact"]
    assert copy["of"] == whole["file"]
    assert copy["file"].endswith("-reencoded.mp4")
    assert (copy["t0"], copy["t1"]) == (NOON + 3_000_000, NOON + 30_000_000)


async def test_deleted_export_is_gone(engine: EngineProcess, archive: Path) -> None:
    begun = await engine.ask("POST", "exports", order())
    await ended(engine, f"exports/{begun['id']}")
    assert (await engine.answer("DELETE", f"exports/{begun['id']}"))[0] == 200
    assert list((archive / "exports").iterdir()) == []
    (record,) = [each["d"] for each in ledger(archive) if each["k"] == "discard"]
    assert record == {"what": "export", "uid": begun["id"], "reason": "asked"}


async def test_tasks_are_listed_with_their_progress(engine: EngineProcess) -> None:
    begun = await engine.ask("POST", "exports", order())
    await ended(engine, f"exports/{begun['id']}")
    assert await engine.ask("GET", "jobs") == [
        {"id": begun["id"], "kind": "export", "state": "done", "progress": 1.0}
    ]
    assert (await engine.ask("GET", "status"))["tasks"] == []


async def test_no_file_outside_of_an_export_is_given_out(engine: EngineProcess) -> None:
    begun = await engine.ask("POST", "exports", order())
    await ended(engine, f"exports/{begun['id']}")
    for name in ("../../kindergarten-archive.json", "%2e%2e/%2e%2e/kindergarten-archive.json", "/etc/passwd"):
        assert (await engine.fetch(f"exports/{begun['id']}/{name}"))[0] == 404


async def test_challenge_plays_and_is_in_the_ledger(engine: EngineProcess, archive: Path) -> None:
    watch = Stopwatch()
    body = {"camera": plan.uid(1), "at_us": END_US - 2 * DAY_US, "by": "admin"}
    answer = await engine.ask("POST", "challenge", body)
    assert watch.seconds < 3
    assert answer["played"]
    assert answer["run"]
    record = next(each for each in ledger(archive) if each["k"] == "challenge")
    assert (record["d"]["camera"], record["d"]["at"], record["d"]["played"]) == (
        plan.uid(1),
        END_US - 2 * DAY_US,
        True,
    )


async def test_challenge_in_a_hole_does_not_play(engine: EngineProcess) -> None:
    hole = END_US - 3 * DAY_US + (2 * plan.DAY + 11 * plan.HOUR + 40) * 1_000_000
    answer = await engine.ask("POST", "challenge", {"camera": plan.uid(0), "at_us": hole, "by": "admin"})
    assert answer["played"] is False


async def test_verifying_names_a_deleted_file_and_tells_the_ledger(
    engine: EngineProcess, archive: Path
) -> None:
    gone = sorted((archive / "video" / plan.uid(0)[:12]).rglob("*.mp4"))[300]
    gone.unlink()
    begun = await engine.ask("POST", "jobs", {"kind": "verify", "depth": "quick"})
    done = await ended(engine, f"jobs/{begun['id']}")
    assert done["state"] == "done", done
    assert [each["path"] for each in done["result"]["missing"]] == [str(gone.relative_to(archive))]
    assert done["result"]["bad"] == []
    record = next(each for each in ledger(archive) if each["k"] == "verify")
    assert (record["d"]["kind"], record["d"]["missing"], record["d"]["bad"]) == ("quick", 1, 0)


async def test_verifying_compares_with_what_is_known_from_outside(
    engine: EngineProcess, archive: Path
) -> None:
    """As Home Assistant's client asks, which names everything it does not know as null."""
    digest = ledger(archive)[-1]["h"]
    digits = "".join(code(digest).split())
    for changes, expected in (
        ({"head": digits}, True),
        ({"head": "1" * 20}, False),
        ({"fingerprint": "0" * 64}, False),
    ):
        body = {"kind": "verify", "depth": "quick", "head": None, "n": None, "fingerprint": None, **changes}
        begun = await engine.ask("POST", "jobs", body)
        done = await ended(engine, f"jobs/{begun['id']}")
        assert done["result"]["ok"] is expected, (changes, done)


async def test_proof_is_answered(engine: EngineProcess) -> None:
    found = await engine.ask("GET", "proof", days=3)
    assert set(found["cameras"]) == {plan.uid(0), plan.uid(1)}
    assert len(found["cameras"][plan.uid(0)]["coverage"]) == 3
    assert found["checked_us"]


async def test_pack_is_signed_verifies_and_is_in_the_ledger(
    engine: EngineProcess, archive: Path, tmp_path: Path
) -> None:
    wanted = {
        "kind": "pack", "from_us": END_US - 3 * DAY_US, "to_us": END_US, "languages": ["en"], "mode": "hand_over",
        "by": "admin", "names": {"name": "Sunshine"},
    }  # fmt: skip
    begun = await engine.ask("POST", "jobs", wanted)
    assert "id" in begun, begun
    done = await ended(engine, f"jobs/{begun['id']}")
    assert done["state"] == "done", done
    (pack,) = await engine.ask("GET", "packs")
    assert pack["id"] == done["result"]["id"]
    assert pack["mode"] == "hand_over"
    name = f"pack-{pack['id']}.zip"
    code, data = await engine.fetch(f"packs/{pack['id']}/{name}")
    assert code == 200
    (tmp_path / name).write_bytes(data)
    code, text = await asyncio.to_thread(verified, tmp_path / name)
    assert code == 2, text
    assert "not signed" not in text
    assert any(each["k"] == "pack" for each in ledger(archive))
    assert (await engine.answer("DELETE", f"packs/{pack['id']}"))[0] == 200
    assert await engine.ask("GET", "packs") == []
