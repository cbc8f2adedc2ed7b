"""A pack of a house where some cameras record with us and others with a server: one report, one proof, both named."""

import asyncio
from collections.abc import AsyncIterator
import json
from pathlib import Path

from pypdf import PdfReader
import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.frigate.books import KEEPER
from kindergarten_engine.recorder.store import elsewhere
from kindergarten_engine.recorder.store.days import local_day, zone
from kindergarten_engine.recorder.store.elsewhere import SeenHour
from kindergarten_engine.recorder.store.elsewhere_rows import HOUR_US
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.report.verifier import verify
from tests.demo_archive import plan
from tests.engine.evidence.conftest import DAY_US, END_US, archive, archive_id, made_archive
from tests.engine.evidence.test_engine import ended
from tests.engine.process.rig import EngineProcess, config, until

__all__ = ["archive", "made_archive"]

UID = "ab" * 16
TO_US = local_day(END_US, zone("Asia/Almaty")).start_us
FROM_US = TO_US - 3 * DAY_US
MINUTE_US = 60_000_000


@pytest.fixture
def mixed(archive: Path, request: pytest.FixtureRequest) -> Path:
    """Return the archive after a server was looked at for three days, and for some hours of one more."""
    until = TO_US // HOUR_US + getattr(request, "param", 0)
    store = Store(RealEnv(), lambda *_: None)
    store.open(str(archive), archive_id(archive))
    store.start()
    with store.using() as opened:
        elsewhere.introduce(opened, UID, "Одуванчик", None)
        elsewhere.note(opened, UID, KEEPER, [_hour(at) for at in range(FROM_US // HOUR_US, until)])
    store.close("user")
    return archive


def _hour(hour: int) -> SeenHour:
    start, end = hour * HOUR_US, (hour + 1) * HOUR_US
    if hour == FROM_US // HOUR_US + 5:
        hole = start + 10 * MINUTE_US, start + 15 * MINUTE_US
        spans = ((start, hole[0]), (hole[1], end))
        return SeenHour(hour=hour, footage=spans, gaps=((*hole, "host_restart"),), bytes=1, files=330)
    files = {FROM_US // HOUR_US + 30: 0, FROM_US // HOUR_US + 60: None}.get(hour, 360)
    return SeenHour(hour=hour, footage=((start, end),), bytes=1, files=files)


@pytest.fixture
async def engine(mixed: Path, tmp_path: Path) -> AsyncIterator[EngineProcess]:
    process = EngineProcess(tmp_path / "state")
    await process.start()
    wanted = config(mixed, site={"time_zone": "Asia/Almaty"})
    wanted["archive"]["archive_id"] = archive_id(mixed)
    assert (await process.answer("PUT", "config", wanted))[0] == 200

    async def open_() -> bool:
        return bool((await process.ask("GET", "status"))["archive"]["state"] == "ok")

    await until(open_, 60)
    yield process
    await process.close()


async def test_a_pack_covers_our_cameras_and_a_servers_alike_and_says_which_is_which(
    engine: EngineProcess, mixed: Path
) -> None:
    wish = {
        "kind": "pack", "from_us": FROM_US, "to_us": TO_US, "languages": ["en", "ru", "kk"], "mode": "hand_over",
        "by": "admin", "names": {"name": "Gauhar"},
    }  # fmt: skip
    begun = await engine.ask("POST", "jobs", wish)
    job = await ended(engine, f"jobs/{begun['id']}")
    assert job["state"] == "done", job
    folder = mixed / f"exports/pack-{begun['id']}"
    manifest = json.loads((folder / "manifest.json").read_bytes())
    kept = {each["uid"]: each.get("kept") for each in manifest["cameras"]}
    assert kept == {UID: "elsewhere", plan.uid(0): None, plan.uid(1): None}
    # Five minutes were never recorded, the files of an hour were not there, those of another nobody looked for.
    assert [day[1] for day in manifest["coverage"][UID]] == [86_400 - 300, 86_400 - 3600, None]
    assert manifest["coverage"][plan.uid(0)][-1][1]
    assert "elsewhere" in manifest["limits"]
    check = verify.Check(verify.Pack(str(folder) + ".zip"), verify.TEXTS["en"])
    check.run(manifest["signer"], f"{manifest['head']['n']}:{manifest['head']['h']}")
    assert check.verdict == "green", check.found
    said = "\n".join(verify.report(check, verify.TEXTS["en"]))
    assert verify.TEXTS["en"]["limit_elsewhere"] in said
    text = await asyncio.to_thread(_text, folder / "report-en.pdf")
    assert "recorded by Frigate" in text
    assert "Frigate" in await asyncio.to_thread(_text, folder / "report-kk.pdf")
    assert "Frigate" in await asyncio.to_thread(_text, folder / "report-ru.pdf")


@pytest.mark.long
@pytest.mark.parametrize(
    ("mixed", "recorded"), [(10, None), (23, 23 * 3600)], indirect=["mixed"], ids=["away", "running"]
)
async def test_a_day_on_which_nobody_could_ask_is_not_measured_and_the_hour_that_runs_is_no_gap(
    engine: EngineProcess, mixed: Path, recorded: int | None
) -> None:
    wish = {
        "kind": "pack", "from_us": FROM_US, "to_us": TO_US + DAY_US, "languages": ["en"], "mode": "hand_over",
        "by": "admin", "names": {"name": "Gauhar"},
    }  # fmt: skip
    begun = await engine.ask("POST", "jobs", wish)
    job = await ended(engine, f"jobs/{begun['id']}")
    assert job["state"] == "done", job
    manifest = json.loads((mixed / f"exports/pack-{begun['id']}/manifest.json").read_bytes())
    assert manifest["coverage"][UID][-1][1] == recorded


def _text(path: Path) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(path).pages)
