"""Exports: the only footage that no retention deletes."""

from collections.abc import Callable
import io
import time

import av
import pytest

from tests.frigate_stand_in import StandIn

from .client import PATIENCE_S, Answer, Row, Server

NOWHERE = "start/1000000000/end/1000000060"


def _wait[T](ask: Callable[[], T | None]) -> T:
    """Ask again until there is an answer."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := ask()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def _begin(server: Server, camera: str, start: float, end: float, **more: object) -> Answer:
    path = f"/api/export/{camera}/start/{start}/end/{end}"
    return server.ask(path, method="POST", body={"name": "inspection", "source": "recordings", **more})


def _done(server: Server, export_id: str) -> Row:
    def ask() -> Row | None:
        answer = server.get(f"/api/exports/{export_id}")
        row: Row | None = answer.json() if answer.status == 200 else None
        return row if row and not row["in_progress"] else None

    return _wait(ask)


def _delete(server: Server, export_id: str) -> Answer:
    if server.version.at_least(0, 18):
        return server.ask("/api/exports/delete", method="POST", body={"ids": [export_id]})
    return server.ask(f"/api/export/{export_id}", method="DELETE")


def _file(server: Server, row: Row, **headers: str) -> Answer:
    return server.get("/exports/" + row["video_path"].rpartition("/")[2], **headers)


def _length_s(data: bytes) -> float:
    with av.open(io.BytesIO(data), "r") as file:
        return (file.duration or 0) / 1e6


def test_an_export_is_made_fetched_renamed_and_deleted(writable: Server) -> None:
    """`date` is the footage's begin; the name of the file stays; 202 and a queue from 0.18."""
    camera, now = writable.camera, int(writable.now())
    begun = _begin(writable, camera, now - 120, now - 60)
    assert begun.status == (202 if writable.version.at_least(0, 18) else 200)
    assert begun.json()["success"] is True
    row = _done(writable, begun.json()["export_id"])
    assert {"id", "camera", "name", "date", "video_path", "thumb_path", "in_progress"} <= set(row)
    assert ("export_case" in row) == writable.version.at_least(0, 18)
    assert float(row["date"]) == pytest.approx(now - 120, abs=1)
    whole, part = _file(writable, row), _file(writable, row, Range="bytes=1000-1999")
    assert _length_s(whole.body) == pytest.approx(60, abs=12)
    assert (part.status, part.body) == (206, whole.body[1000:2000])
    name = "rename" if writable.version.at_least(0, 16) else "held"
    writable.ask(f"/api/export/{row['id']}/{name}", method="PATCH", body={"name": "held"})
    again = writable.get(f"/api/exports/{row['id']}").json()
    assert (again["name"], again["video_path"]) == ("held", row["video_path"])
    assert _delete(writable, row["id"]).json()["success"] is True
    assert writable.get(f"/api/exports/{row['id']}").status == 404


def test_the_old_way_of_deleting_is_gone_from_0_18(writable: Server) -> None:
    answer = writable.ask("/api/export/nothing_of_this_name", method="DELETE")
    assert answer.status == 404
    assert (answer.json() == {"detail": "Not Found"}) == writable.version.at_least(0, 18)


def test_no_footage_is_400_and_no_camera_404(writable: Server) -> None:
    camera = writable.cameras[0]
    path = f"/api/export/%s/{NOWHERE}"
    assert writable.ask(path % camera, method="POST", body={}).status == 400
    assert writable.ask(path % "no_camera_of_this_name", method="POST", body={}).status == 404


def test_holes_are_closed_without_a_mark(stand_in: StandIn, pretended: Server) -> None:
    """Twenty minutes asked, two delivered."""
    now = stand_in.control.now() - 60
    stand_in.control.add_hole("cam1", now - 1140, now - 60)
    begun = _begin(pretended, "cam1", now - 1200, now).json()
    row = _done(pretended, begun["export_id"])
    assert 90 < _length_s(_file(pretended, row).body) < 130


def test_a_failed_export_leaves_no_row(stand_in: StandIn, pretended: Server) -> None:
    stand_in.control.exports_take(0.2, failing="ffmpeg failed")
    now = stand_in.control.now()
    export_id = _begin(pretended, "cam1", now - 120, now - 60).json()["export_id"]
    if pretended.version.at_least(0, 18):
        path = f"/api/jobs/export/{export_id}"
        job = _wait(lambda: done if (done := pretended.get(path).json())["status"] == "failed" else None)
        assert job["error_message"] == "ffmpeg failed"
    _wait(lambda: True if pretended.get(f"/api/exports/{export_id}").status == 404 else None)
    assert pretended.get("/api/exports").json() == []


def test_an_export_that_a_restart_ended_is_told_as_being_made_until_it_is_removed(
    stand_in: StandIn, pretended: Server
) -> None:
    """Frigate's issue 20992. What is really being made is not removed."""
    stand_in.control.exports_take(600)
    now = stand_in.control.now()
    export_id = _begin(pretended, "cam1", now - 120, now - 60).json()["export_id"]
    assert _delete(pretended, export_id).status == 400
    stand_in.control.restart(away_s=0)
    stand_in.control.finish_exports()
    assert pretended.get(f"/api/exports/{export_id}").json()["in_progress"] is True
    assert _delete(pretended, export_id).json()["success"] is True
    assert pretended.get("/api/exports").json() == []


def test_jobs_tell_progress_and_the_list_has_the_active_ones(stand_in: StandIn, pretended: Server) -> None:
    """From 0.18."""
    if not pretended.version.at_least(0, 18):
        assert pretended.get("/api/jobs/export").status == 404
        return
    stand_in.control.exports_take(600, known_s=60)
    now = stand_in.control.now()
    ids = [_begin(pretended, "cam1", now - 120, now - 60).json()["export_id"] for _ in range(2)]
    assert [job["id"] for job in pretended.get("/api/jobs/export").json()] == ids
    assert pretended.get(f"/api/jobs/export/{ids[1]}").json()["status"] == "queued"
    stand_in.control.finish_exports()
    for each in ids:
        _done(pretended, each)
    job = pretended.get(f"/api/jobs/export/{ids[1]}").json()
    assert (job["status"], job["progress_percent"]) == ("success", 100.0)
    assert pretended.get("/api/jobs/export").json() == []
    stand_in.control.exports_take(0.5, queue_full=True)
    assert _begin(pretended, "cam1", now - 120, now - 60).status == 503


def test_cases_hold_exports_together_from_0_18(writable: Server) -> None:
    if not writable.version.at_least(0, 18):
        assert writable.get("/api/cases").status == 404
        return
    case = writable.ask("/api/cases", method="POST", body={"name": "incident 7"}).json()
    camera, now = writable.camera, int(writable.now())
    export_id = _begin(writable, camera, now - 90, now - 60, export_case_id=case["id"]).json()["export_id"]
    assert _done(writable, export_id)["export_case"] == case["id"]
    assert writable.get(f"/api/cases/{case['id']}/download").body.startswith(b"PK")
    assert writable.ask(f"/api/cases/{case['id']}", method="DELETE").json()["success"] is True
    assert writable.get(f"/api/exports/{export_id}").json()["export_case"] is None
    _delete(writable, export_id)


def test_exports_outlive_all_deletion(stand_in: StandIn, pretended: Server) -> None:
    now = stand_in.control.now()
    row = _done(pretended, _begin(pretended, "cam1", now - 120, now - 60).json()["export_id"])
    stand_in.control.delete_early(0, now + 1)
    stand_in.control.pass_of_retention()
    assert pretended.rows("cam1", now - 200, now) == []
    assert _length_s(_file(pretended, row).body) > 50
