"""Ended days are sealed, hours and heads written down, and nothing of it depends on the catalog."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
import hashlib
import json
import threading
from typing import Any

import pytest

from kindergarten_engine.ledger.seal import code, parse_seal
from kindergarten_engine.recorder.store.archive import Archive
from kindergarten_engine.recorder.store.views import StoreSettings

from ..holds.site import HALL, YARD, Site
from ..virtual import MOUNT


def opened(site: Site) -> Archive:
    """Return the archive behind the store."""
    archive = site.store._keeper.writer.archive
    assert archive is not None
    return archive


def records(site: Site, kind: str) -> list[Any]:
    """Return ledger records; what they hold depends on their kind."""
    return [record for record in opened(site).ledger.records() if record.kind == kind]


def states(site: Site) -> dict[str, int]:
    rows = opened(site).catalog.query("SELECT state, count(*) FROM recording GROUP BY state")
    return dict(rows)


@pytest.fixture
def site() -> Site:
    site = Site(days=30)
    site.hours(40)
    return site


def test_each_ended_day_is_sealed_with_the_hash_of_every_file(site: Site) -> None:
    sealed = records(site, "seal")
    assert len(sealed) >= 1
    listed = []
    for record in sealed:
        content = site.env.fs.read(f"{MOUNT}/seals/{record.data['day']}.jsonl")
        assert hashlib.sha256(content).hexdigest() == record.data["sha256"]
        listed += parse_seal(content)
    for file in listed:
        content = site.env.fs.read(f"{MOUNT}/{file.path}")
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file.sha256, file.bytes)
    assert states(site)["sealed"] == len(listed)
    assert {file.camera for file in listed} == {HALL, YARD}
    assert site.look() == []


def test_a_day_is_the_local_one() -> None:
    site = Site(days=30)
    site.settings = StoreSettings(
        file_s=300, days=30, minimum_days=30, ballast_bytes=0, time_zone="Asia/Almaty"
    )
    site.store.configure(site.settings)
    site.hours(40)
    sealed = records(site, "seal")
    assert len(sealed) == 2
    for record in sealed:
        assert record.data["offset_s"] == 5 * 3600
        files = parse_seal(site.env.fs.read(f"{MOUNT}/seals/{record.data['day']}.jsonl"))
        local = {datetime.fromtimestamp(file.t0 / 1e6 + 5 * 3600, UTC).strftime("%Y%m%d") for file in files}
        assert local == {record.data["day"]}


def test_every_full_hour_is_written_down_once(site: Site) -> None:
    hours = [record.data["hour"] for record in records(site, "hour")]
    assert hours == list(range(hours[0], hours[0] + len(hours)))
    assert len(hours) >= 38
    full = records(site, "hour")[5].data["cameras"]
    assert full[HALL]["rec"] == 4
    assert full[HALL]["plan"] == 3600
    assert full[HALL]["files"] == 1
    assert full[HALL]["bytes"] > 0


def test_hours_missed_while_off_are_made_up_for_at_most_two_days(site: Site) -> None:
    site.store.close("host_restart")
    site.env.power_cut(off_s=100 * 3600)
    site.start()
    site.settle()
    hours = [record.data["hour"] for record in records(site, "hour")]
    assert len(hours) == len(set(hours))
    missing = set(range(hours[0], hours[-1] + 1)) - set(hours)
    assert 50 <= len(missing) <= 53
    assert records(site, "hour")[-1].data["cameras"][HALL] == {"rec": 0, "plan": 3600, "bytes": 0, "files": 0}


def test_each_day_has_a_signed_head_whose_code_people_can_read(site: Site) -> None:
    heads = records(site, "head")
    assert len(heads) >= 1
    last = heads[-1]
    assert last.data["n"] == last.number - 1
    assert last.data["h"] == last.before
    view = site.evidence.heads.view()
    assert (view.n, view.h, view.day, view.key) == (
        last.data["n"],
        last.data["h"],
        last.data["day"],
        last.data["key"],
    )
    assert view.code == code(str(last.data["h"]))
    assert [len(group) for group in view.code.split()] == [5, 5, 5, 5]
    assert site.look() == []


def test_the_public_key_is_in_the_volume_and_the_private_one_is_not(site: Site) -> None:
    public = json.loads(site.env.fs.read(f"{MOUNT}/keys.jsonl"))["public"]
    assert public == site.keys.public().hex()
    seed = site.env.fs.read(f"{MOUNT}/private/key").strip()
    for folder in ("", "/ledger", "/seals"):
        for entry in site.env.fs.list(f"{MOUNT}{folder}"):
            if not entry.folder:
                assert seed not in site.env.fs.read(f"{MOUNT}{folder}/{entry.name}")


def test_a_new_key_is_signed_by_the_one_before(site: Site) -> None:
    old = site.evidence.heads.view().key
    new = site.evidence.heads.rotate()
    site.hours(24)
    assert site.evidence.heads.view().key == new != old
    assert [record.data["by"] for record in records(site, "key")] == [None, old]
    assert site.look() == []


def test_new_keys_asked_for_at_once_make_one_chain(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2, timeout=0.3)
    begin = site.keys.begin_next

    def begin_next() -> bytes:
        with suppress(threading.BrokenBarrierError):
            together.wait()
        return begin()

    monkeypatch.setattr(site.keys, "begin_next", begin_next)
    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(site.evidence.heads.rotate) for _ in range(2)]
    made = {each.result() for each in asked}
    keys = [record.data for record in records(site, "key")]
    assert [key["by"] for key in keys[1:]] == [key["fingerprint"] for key in keys[:-1]]
    assert {key["fingerprint"] for key in keys[1:]} == made


def test_a_new_key_without_the_old_one_is_said_to_be_unvouched(site: Site) -> None:
    site.store.close("upgrade")
    site.env.fs.unlink(f"{MOUNT}/private/key")
    site.restart(power=False)
    site.hours(24)
    assert site.look() == ["key_unvouched"]


def test_a_new_catalog_knows_what_is_sealed_and_seals_nothing_twice(site: Site) -> None:
    before, sealed = states(site)["sealed"], len(records(site, "seal"))
    site.store.close("upgrade")
    site.restart(forget_catalog=True)
    for _ in range(3):
        site.env.advance(61)
        site.store.step()
    assert states(site)["sealed"] == before
    assert len(records(site, "seal")) == sealed
    assert site.look() == []


def test_a_file_found_later_gets_a_seal_of_its_own() -> None:
    site = Site(days=30)
    site.hours(4)
    path, node = hide(site)
    site.restart(forget_catalog=True)
    site.hours(30)
    put_back(site, path, node)
    site.store.start_job("recheck")
    site.settle()
    site.env.advance(61)
    site.store.step()
    first, *_, late = records(site, "seal")
    assert (late.data["day"], late.data["part"], late.data["files"]) == (first.data["day"], 2, 1)
    (found,) = parse_seal(site.env.fs.read(f"{MOUNT}/seals/{first.data['day']}-2.jsonl"))
    assert (found.path, found.state) == (path, "adopted")
    assert site.look() == []


def test_another_file_under_a_sealed_name_is_reported_and_not_sealed(site: Site) -> None:
    path, node = hide(site)
    site.restart(forget_catalog=True)
    node.data[-200] ^= 1
    put_back(site, path, node)
    site.store.start_job("recheck")
    site.settle()
    count = len(records(site, "seal"))
    site.env.advance(61)
    site.store.step()
    assert [each["path"] for each in site.events.of("seal_mismatch")] == [path]
    assert len(records(site, "seal")) == count
    assert site.look() == ["file_changed"]


def hide(site: Site) -> tuple[str, Any]:
    """Take the oldest file of a camera away."""
    row = opened(site).catalog.one("SELECT path FROM recording ORDER BY path LIMIT 1")
    assert row is not None
    (path,) = row
    site.store.close("upgrade")
    node = site.env.disk.node(f"{MOUNT}/{path}")
    site.env.fs.unlink(f"{MOUNT}/{path}")
    site.env.fs.sync_folder(f"{MOUNT}/{path.rpartition('/')[0]}")
    return path, node


def put_back(site: Site, path: str, node: Any) -> None:
    """Put a file back."""
    fd = site.env.fs.create(f"{MOUNT}/{path}")
    site.env.fs.write_all(fd, bytes(node.data), 0)
    site.env.fs.sync(fd)
    site.env.fs.close(fd)
    site.env.fs.sync_folder(f"{MOUNT}/{path.rpartition('/')[0]}")


def test_a_changed_file_is_reported_and_not_sealed_anew(site: Site) -> None:
    file = parse_seal(site.env.fs.read(f"{MOUNT}/seals/{records(site, 'seal')[0].data['day']}.jsonl"))[0]
    site.store.close("upgrade")
    node = site.env.disk.node(f"{MOUNT}/{file.path}")
    node.data[-200] ^= 1
    node.durable = bytes(node.data)
    site.restart(forget_catalog=True)
    site.hours(2)
    assert site.look() == ["file_changed"]
    assert len(records(site, "seal")) == len({record.data["day"] for record in records(site, "seal")})


def test_a_deletion_names_the_hash_that_was_sealed() -> None:
    site = Site(days=2)
    site.hours(80)
    deleted = [each for record in records(site, "delete") for each in record.data["files"]]
    assert deleted
    assert all(len(each) == 9 for each in deleted)
    assert site.look() == []
