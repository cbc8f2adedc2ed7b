"""A real engine makes a pack through its socket: signed, whole, written down, and green to whoever knows the head."""

import json
from pathlib import Path
from typing import Any
import zipfile

import pytest

from kindergarten_engine.recorder.store.days import local_day, zone
from kindergarten_engine.report.verifier import verify
from tests.engine.evidence.conftest import DAY_US, END_US, archive, made_archive
from tests.engine.evidence.test_engine import ended, engine, ledger
from tests.engine.process.rig import EngineProcess

__all__ = ["archive", "engine", "made_archive"]

TODAY_US = local_day(END_US, zone("Asia/Almaty")).start_us


def wish(**more: Any) -> dict[str, Any]:
    """Return a wish for three days."""
    return {
        "kind": "pack", "from_us": TODAY_US - 3 * DAY_US, "to_us": TODAY_US, "languages": ["kk", "ru"], "mode": "hand_over",
        "by": "admin", "names": {"name": "«Гауһар»"}, **more,
    }  # fmt: skip


async def test_a_pack_is_signed_and_whole_and_the_ledger_knows_it(
    engine: EngineProcess, archive: Path
) -> None:
    status, begun = await engine.answer("POST", "jobs", wish())
    assert status == 202
    job = await ended(engine, f"jobs/{begun['id']}")
    assert job["state"] == "done", job
    (pack,) = await engine.ask("GET", "packs")
    assert pack["id"] == begun["id"] == job["result"]["id"]
    folder = archive / "exports" / f"pack-{pack['id']}"
    key = json.loads((folder / "key.json").read_bytes())["fingerprint"]
    records = ledger(archive)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    check = verify.Check(verify.Pack(str(folder) + ".zip"), verify.TEXTS["en"])
    check.run(key, f"{manifest['head']['n']}:{manifest['head']['h']}")
    assert check.verdict == "green", check.found
    written = next(record for record in reversed(records) if record["k"] == "pack")
    assert written["d"]["manifest"] == job["result"]["manifest"]
    with zipfile.ZipFile(f"{folder}.zip") as whole:
        assert f"pack-{pack['id']}/report-kk.pdf" in whole.namelist()


@pytest.mark.parametrize(
    "wrong", [{"languages": ["de"]}, {"to_us": TODAY_US - 4 * DAY_US}, {"mode": "secret"}]
)
async def test_a_wish_that_makes_no_sense_is_refused(engine: EngineProcess, wrong: dict[str, Any]) -> None:
    assert (await engine.answer("POST", "jobs", wish(**wrong)))[0] in {400, 422}
