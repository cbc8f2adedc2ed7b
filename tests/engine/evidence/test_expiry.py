"""Packs and exports go by themselves, by time that really passed, noted in the ledger."""

from collections.abc import Iterator
import json
from typing import Any

import pytest

from kindergarten_engine.evidence.expiry import EXPORT_KEEP_S, Expiry
from kindergarten_engine.evidence.export import Order, Tools, export
from kindergarten_engine.evidence.jobs import Task
from kindergarten_engine.evidence.opening import beside
from kindergarten_engine.recorder.store.archive import Archive
from kindergarten_engine.report.pack import KEEP_S as PACK_KEEP_S
from tests.engine.holds.site import DAY_S, HALL, Site

EXPORT, PACK = "ab12", "pack-cd34"


@pytest.fixture
def site() -> Iterator[Site]:
    """Record for a day; the clock is known to be right."""
    made = Site(days=90)
    made.env.synced = True
    made.hours(24)
    yield made
    made.store.close("user")


def hand_out(site: Site, archive: Archive) -> None:
    """Make an export, and what the engine takes for a pack."""
    now = archive.clock.utc_us()
    order = Order(
        uid=EXPORT, cameras=[HALL], t0=now - DAY_S * 1_000_000, t1=now, purpose="", recipient="", by="x"
    )
    export(
        Task(env=site.env, kind="export"),
        beside(archive),
        order,
        Tools(generator="test"),
        archive.volume.at("exports"),
    )
    folder = archive.volume.at(f"exports/{PACK}")
    site.env.fs.make_folder(folder)
    manifest = {"archive": archive.archive_id, "made": now}
    site.env.fs.replace(f"{folder}/manifest.json", json.dumps(manifest).encode())
    site.env.fs.replace(f"{folder}.zip", b"PK")


def left(archive: Archive) -> list[str]:
    """Return what lies there to be fetched."""
    return [entry.name for entry in archive.env.fs.list(archive.volume.at("exports"))]


def noted(archive: Archive) -> list[dict[str, Any]]:
    """Return what the ledger says of what went."""
    return [dict(record.data) for record in archive.ledger.records() if record.kind == "discard"]


def pass_days(site: Site, expiry: Expiry, archive: Archive, days: float) -> None:
    """Let days go by, with a look every hour."""
    for _ in range(round(days * 24)):
        site.env.advance(3600)
        site.store.step()
        expiry.look([archive])


def test_packs_go_after_a_week_and_exports_after_a_month(site: Site) -> None:
    expiry = Expiry()
    with site.store.using() as archive:
        hand_out(site, archive)
        pass_days(site, expiry, archive, PACK_KEEP_S / DAY_S - 0.5)
        assert left(archive) == [EXPORT, PACK, f"{PACK}.zip"]
        pass_days(site, expiry, archive, 1)
        assert left(archive) == [EXPORT]
        pass_days(site, expiry, archive, (EXPORT_KEEP_S - PACK_KEEP_S) / DAY_S - 1)
        assert left(archive) == [EXPORT]
        pass_days(site, expiry, archive, 1)
        assert left(archive) == []
        assert noted(archive) == [
            {"what": "pack", "uid": "cd34", "reason": "age"},
            {"what": "export", "uid": EXPORT, "reason": "age"},
        ]


def test_clock_set_ten_years_ahead_removes_nothing(site: Site) -> None:
    expiry = Expiry()
    with site.store.using() as archive:
        hand_out(site, archive)
        site.env.synced = False
        site.env.step_clock(10 * 365 * DAY_S)
        pass_days(site, expiry, archive, 1)
        assert left(archive) == [EXPORT, PACK, f"{PACK}.zip"]


def test_what_is_being_fetched_stays_until_it_is_fetched(site: Site) -> None:
    expiry = Expiry()
    with site.store.using() as archive:
        hand_out(site, archive)
        with expiry.fetching(EXPORT):
            pass_days(site, expiry, archive, EXPORT_KEEP_S / DAY_S + 1)
            assert left(archive) == [EXPORT]
        assert expiry.look([archive]) == [EXPORT]


def test_what_is_not_ours_stays(site: Site) -> None:
    expiry = Expiry()
    with site.store.using() as archive:
        hand_out(site, archive)
        for name in ("holiday pictures", "ef56", "0123"):
            site.env.fs.make_folder(archive.volume.at(f"exports/{name}"))
        other = json.dumps({"archive": "another", "made": 0}).encode()
        site.env.fs.replace(archive.volume.at("exports/0123/manifest.json"), other)
        pass_days(site, expiry, archive, EXPORT_KEEP_S / DAY_S + 1)
        assert left(archive) == ["0123", "ef56", "holiday pictures"]
