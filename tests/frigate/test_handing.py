"""Footage of a server for whoever may have it: whole stretches, hashed here, signed, and nothing left behind there."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
import json
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.errors import RequestError
from kindergarten_engine.frigate import handing
from kindergarten_engine.frigate_api.client import FrigateClient
from kindergarten_engine.frigate_api.server import Server
from kindergarten_engine.recorder.store.elsewhere_rows import HOUR_US
from tests.engine.evidence.test_engine import ended, ledger, verified
from tests.engine.process.rig import EngineProcess, camera, config, until
from tests.frigate_stand_in import Settings, StandIn
from tests.frigate_stand_in.faults import Kind

from .conftest import Connect

UID = "ab" * 16
MINUTE_US = 60_000_000


class Kept:
    """A real engine that watches a server with one camera."""

    def __init__(self, engine: EngineProcess, server: StandIn, archive: Path) -> None:
        self.engine, self.server, self.archive = engine, server, archive
        self.now_us = round(server.control.now() * 1e6)
        self.hour_us = self.now_us // HOUR_US * HOUR_US

    def order(self, start_us: int, end_us: int, **more: Any) -> dict[str, Any]:
        return {
            "cameras": [UID], "t0_us": start_us, "t1_us": end_us, "purpose": "police", "recipient": "K-17",
            "by": "admin", "exact": False, **more,
        }  # fmt: skip

    async def made(self, start_us: int, end_us: int) -> Path:
        """Return the folder of a finished export."""
        begun = await self.engine.ask("POST", "exports", self.order(start_us, end_us))
        done = await ended(self.engine, f"exports/{begun['id']}")
        assert done["state"] == "done", done
        return self.archive / f"exports/{begun['id']}"

    async def nothing_left(self) -> None:
        """Wait until the server has no exports."""

        async def gone() -> bool:
            return not await asyncio.to_thread(self.server.control.exports)

        await until(gone, 60)


@pytest.fixture
async def kept(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Kept]:
    version = getattr(request, "param", "0.17")
    with StandIn(Settings(version=version, cameras=1, days=1)) as server:
        engine = EngineProcess(tmp_path / "state")
        await engine.start()
        archive = tmp_path / "archive"
        archive.mkdir()
        wanted = config(archive)
        wanted["servers"] = [{"uid": "s1", "url": server.internal_url}]
        wanted["cameras"] = [
            {
                **camera(1, "rtsp://127.0.0.1:9/cam1", sub={"url": "rtsp://127.0.0.1:9/cam1"}),
                "uid": UID,
                "label": "Sunflowers",
                "kept": {"server": "s1", "camera": "cam1"},
            }
        ]
        answer = await engine.answer("PUT", "config", wanted)
        assert answer[0] == 200, answer
        found = Kept(engine, server, archive)

        async def known() -> bool:
            days = await engine.ask("GET", f"cameras/{UID}/days")
            return bool(days) and bool(ledger(archive))

        await until(known, 60)
        yield found
        await engine.close()


@pytest.mark.parametrize("kept", ["0.16", "0.18"], indirect=True)
async def test_an_export_has_whole_stretches_and_names_the_hole_between_them(kept: Kept) -> None:
    start = kept.hour_us - 4 * HOUR_US
    hole = start + 5 * MINUTE_US
    kept.server.control.add_hole("cam1", hole / 1e6, hole / 1e6 + 120)
    folder = await kept.made(start, start + 12 * MINUTE_US)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    first, second = manifest["runs"]
    assert first["kept"]["by"] == "frigate"
    assert first["t1"] <= hole + 12_000_000 < second["t0"]
    (missing,) = manifest["holes"]
    assert (missing["t0"], missing["t1"]) == (first["t1"], second["t0"])
    assert "elsewhere" in manifest["limits"]
    for run in manifest["runs"]:
        with av.open(BytesIO((folder / run["file"]).read_bytes())) as film:
            assert isinstance(film, InputContainer)
            assert abs((film.duration or 0) - (run["t1"] - run["t0"])) < 3_000_000
    await kept.nothing_left()


async def test_what_was_handed_out_is_signed_verifies_and_shows_a_changed_byte(kept: Kept) -> None:
    start = kept.hour_us - 3 * HOUR_US
    folder = await kept.made(start, start + 2 * MINUTE_US)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    head = f"{manifest['head']['n']}:{manifest['head']['h']}"
    options = ("--key", manifest["signer"], "--head", head)
    code, text = await asyncio.to_thread(verified, folder, *options)
    assert code == 0, text
    record = next(each["d"] for each in ledger(kept.archive) if each["k"] == "export")
    assert record["cameras"] == [UID]
    assert {step["what"] for step in manifest["custody"]} == {"recorded_elsewhere", "exported"}
    assert "Frigate" in (folder / "README.txt").read_text(encoding="utf-8")
    film = folder / manifest["runs"][0]["file"]
    data = bytearray(film.read_bytes())
    data[len(data) // 2] ^= 1
    film.write_bytes(data)
    code, text = await asyncio.to_thread(verified, folder, *options)
    assert code == 1
    assert "Sunflowers" in text


async def test_a_cancelled_export_leaves_nothing_here_and_nothing_there(kept: Kept) -> None:
    kept.server.control.exports_take(3600)
    start = kept.hour_us - 3 * HOUR_US
    begun = await kept.engine.ask("POST", "exports", kept.order(start, start + 2 * MINUTE_US))

    async def asked() -> bool:
        return bool(await asyncio.to_thread(kept.server.control.exports))

    await until(asked, 60)
    assert (await kept.engine.answer("DELETE", f"exports/{begun['id']}"))[0] == 200
    assert (await kept.engine.ask("GET", f"exports/{begun['id']}"))["state"] == "cancelled"
    kept.server.control.exports_take(0)
    await asyncio.to_thread(kept.server.control.finish_exports)
    await kept.nothing_left()
    assert list((kept.archive / "exports").iterdir()) == []


async def test_what_an_engine_that_died_left_there_goes_with_the_next_export(kept: Kept) -> None:
    start = kept.hour_us - 3 * HOUR_US
    client = FrigateClient(RealEnv(), Server(url=kept.server.internal_url))
    await client.export("cam1", start, start + MINUTE_US, f"handout-{UID[:12]}-1")
    others = await client.export("cam1", start, start + MINUTE_US, "the owner's own")
    await kept.made(start, start + MINUTE_US)

    async def only_theirs() -> bool:
        return await asyncio.to_thread(kept.server.control.exports) == [others]

    await until(only_theirs, 60)
    await client.close()


async def test_a_time_without_footage_and_an_exact_cut_are_refused_in_words(kept: Kept) -> None:
    start = kept.hour_us - 400 * HOUR_US
    begun = await kept.engine.ask("POST", "exports", kept.order(start, start + MINUTE_US))
    done = await ended(kept.engine, f"exports/{begun['id']}")
    assert done["state"] == "failed"
    wanted = kept.order(kept.hour_us - HOUR_US, kept.hour_us - HOUR_US + MINUTE_US, exact=True)
    status, told = await kept.engine.answer("POST", "exports", wanted)
    assert (status, told["code"]) == (400, "kept_elsewhere")


async def test_a_server_that_fails_meanwhile_leaves_no_half_export(kept: Kept) -> None:
    start = kept.hour_us - 3 * HOUR_US
    faults: list[tuple[Kind, float | None]] = [
        ("html", None),
        ("bytes", None),
        ("empty", None),
        ("hang", 0.2),
    ]
    for kind, seconds in faults:
        kept.server.control.fault("^/exports/", kind, seconds=seconds)
        begun = await kept.engine.ask("POST", "exports", kept.order(start, start + 2 * MINUTE_US))
        done = await ended(kept.engine, f"exports/{begun['id']}")
        assert done["state"] == "failed", (kind, done)
        kept.server.control.heal()
    assert list((kept.archive / "exports").iterdir()) == []
    await kept.nothing_left()


async def test_a_server_that_lets_a_file_drip_is_left(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "_LEAF_S", 0.5)
    with StandIn(Settings(version="0.17", cameras=1, days=1)) as server:
        server.control.fault("^/exports/", "drip", seconds=0.1)
        start = round(server.control.now() * 1e6) // HOUR_US * HOUR_US - HOUR_US
        keeper = handing.Handing(asyncio.get_running_loop(), connect(server), UID, "cam1", "0.17")
        (stretch,) = await asyncio.to_thread(keeper.stretches, start, start + MINUTE_US)

        def fetch() -> bytes:
            with keeper.fetch(stretch, lambda: None) as found:
                return b"".join(found.data)

        with pytest.raises(RequestError, match="too slow"):
            await asyncio.to_thread(fetch)

        async def removed() -> bool:
            return not await asyncio.to_thread(server.control.exports)

        await until(removed, 60)


async def test_an_export_of_a_server_is_removed_by_each_versions_way(connect: Connect) -> None:
    for version in ("0.16", "0.17", "0.18"):
        with StandIn(Settings(version=version, cameras=1, days=1)) as server:
            client = connect(server)
            now = round(server.control.now() * 1e6)
            made = await client.export("cam1", now - HOUR_US, now - HOUR_US + MINUTE_US, "x")
            server.control.finish_exports()
            while await client.exported(made) is None:
                await asyncio.sleep(0.05)
            await client.remove_export(made)
            await client.remove_export(made)
            assert server.control.exports() == []
