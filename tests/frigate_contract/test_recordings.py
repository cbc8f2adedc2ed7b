"""What Frigate tells of its footage, and what it does not."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
import io
import itertools
import time

import av
import pytest

from .client import Server

HOUR_S = 3600


@pytest.fixture(scope="module")
def camera(server: Server) -> str:
    """A camera with footage of now."""
    return server.camera


@pytest.fixture(scope="module")
def hour(server: Server) -> int:
    """The begin of the last hour that is over, in UTC."""
    return int(server.now() - 300) // HOUR_S * HOUR_S - HOUR_S


def test_rows_touch_the_window_and_ascend(server: Server, camera: str) -> None:
    """Two windows side by side share the row on their border."""
    now = server.now()
    rows = server.rows(camera, now - 900, now - 300)
    starts = [row["start_time"] for row in rows]
    assert starts == sorted(starts)
    assert all(row["end_time"] >= now - 900 and row["start_time"] <= now - 300 for row in rows)
    assert {"id", "start_time", "end_time", "segment_size", "motion", "objects", "duration"} <= set(rows[0])
    middle = rows[len(rows) // 2]["start_time"] + 3
    left, right = server.rows(camera, now - 900, middle), server.rows(camera, middle, now - 300)
    assert left[-1] == right[0]


def test_rows_join_with_a_jitter_of_less_than_a_second(server: Server, camera: str) -> None:
    rows = server.rows(camera, (now := server.now()) - 900, now - 300)
    joins = [after["start_time"] - before["end_time"] for before, after in itertools.pairwise(rows)]
    assert any(joins)
    assert max(abs(join) for join in joins) < 1.5


def test_unknown_cameras_have_empty_answers_like_cameras_without_footage(server: Server) -> None:
    """0.15 to 0.17: a typo or a rename looks as if there was no footage."""
    for path in ("recordings?after=0&before=9999999999", "recordings/summary"):
        answer = server.get(f"/api/no_camera_of_this_name/{path}")
        assert (answer.status, answer.json()) == (200, [])


def test_the_summary_sums_segments_by_the_hour_they_start_in(server: Server, camera: str, hour: int) -> None:
    days = server.get(f"/api/{camera}/recordings/summary?timezone=utc").json()
    assert [day["day"] for day in days] == sorted((day["day"] for day in days), reverse=True)
    moment = datetime.fromtimestamp(hour, UTC)
    day = next(day for day in days if day["day"] == f"{moment:%Y-%m-%d}")
    told = next(each for each in day["hours"] if each["hour"] == f"{moment:%H}")
    rows = [
        row for row in server.rows(camera, hour, hour + HOUR_S) if hour <= row["start_time"] < hour + HOUR_S
    ]
    assert told["duration"] == pytest.approx(sum(row["duration"] for row in rows), abs=1)
    assert told["motion"] == sum(row["motion"] for row in rows)


def test_an_unknown_time_zone_is_an_error_to_0_16_and_utc_after(server: Server, camera: str) -> None:
    answer = server.get(f"/api/{camera}/recordings/summary?timezone=Nowhere/Town")
    if server.version.at_least(0, 17):
        utc = server.get(f"/api/{camera}/recordings/summary?timezone=utc").json()
        assert answer.json()[1:] == utc[1:]
    else:
        assert answer.status == 500


def test_the_summary_of_all_cameras_is_days_with_footage(server: Server) -> None:
    """From 0.16."""
    answer = server.get("/api/recordings/summary?timezone=utc")
    if not server.version.at_least(0, 16):
        assert answer.status == 404
        return
    assert set(answer.json().values()) == {True}
    assert f"{datetime.fromtimestamp(server.now() - 300, UTC):%Y-%m-%d}" in answer.json()


def test_files_are_listed_as_json_by_their_start_in_utc(server: Server, camera: str, hour: int) -> None:
    """Row is not file: this is the cheap proof that the files exist."""
    folder = f"/recordings/{datetime.fromtimestamp(hour, UTC):%Y-%m-%d/%H}/{camera}/"
    files = {entry["name"]: entry for entry in server.get(folder).json()}
    rows = [
        row for row in server.rows(camera, hour, hour + HOUR_S) if hour <= row["start_time"] < hour + HOUR_S
    ]
    assert set(files) == {f"{datetime.fromtimestamp(row['start_time'], UTC):%M.%S}.mp4" for row in rows}
    for row in rows:
        entry = files[f"{datetime.fromtimestamp(row['start_time'], UTC):%M.%S}.mp4"]
        assert entry["type"] == "file"
        assert entry["size"] / (1 << 20) == pytest.approx(row["segment_size"], abs=0.01)
        assert parsedate_to_datetime(entry["mtime"]).timestamp() >= row["end_time"] - 1


def test_a_folder_that_is_not_there_is_404(server: Server) -> None:
    assert server.get("/recordings/2001-01-01/00/no_camera_of_this_name/").status == 404


def test_files_are_mp4_with_ranges_as_long_as_their_rows(server: Server, camera: str, hour: int) -> None:
    row = next(row for row in server.rows(camera, hour, hour + 60) if row["start_time"] >= hour)
    path = f"/recordings/{datetime.fromtimestamp(row['start_time'], UTC):%Y-%m-%d/%H}/{camera}/"
    path += f"{datetime.fromtimestamp(row['start_time'], UTC):%M.%S}.mp4"
    whole, part = server.get(path), server.get(path, Range="bytes=100-299")
    assert (whole.status, part.status) == (200, 206)
    assert part.body == whole.body[100:300]
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole.body)}"
    with av.open(io.BytesIO(whole.body), "r") as file:
        assert (file.duration or 0) / 1e6 == pytest.approx(row["duration"], abs=0.5)


def test_json_is_cached_for_some_seconds_unless_the_request_says_no(server: Server, camera: str) -> None:
    from .client import ask

    bearer = {"Authorization": f"Bearer {server.token}"} if server.token else {}
    path = f"/api/{camera}/recordings?after=1&before={int(server.now()) - 100_000_000}"
    assert ask(server.url, path, headers=bearer).headers["X-Cache-Status"] == "MISS"
    deadline = time.monotonic() + 60
    while ask(server.url, path, headers=bearer).headers["X-Cache-Status"] != "HIT":
        assert time.monotonic() < deadline
    assert server.get(path).headers["X-Cache-Status"] == "BYPASS"


def test_unavailable_stumbles_when_it_is_not_told_everything(server: Server, camera: str) -> None:
    """From 0.17, and 0.17 wants `cameras` too; it is never asked by us."""
    answer = server.get("/api/recordings/unavailable")
    assert answer.status == (500 if server.version.at_least(0, 17) else 404)
    now = int(server.now())
    given = f"after={now - 600}&before={now - 300}"
    if server.version.at_least(0, 18):
        assert server.get(f"/api/recordings/unavailable?{given}").json() == []
    elif server.version.at_least(0, 17):
        assert server.get(f"/api/recordings/unavailable?{given}").status == 500


def test_storage_is_mebibytes_by_camera(server: Server, camera: str) -> None:
    told = server.get("/api/recordings/storage").json()
    friendly = server.get("/api/config").json()["cameras"][camera].get("friendly_name", camera)
    assert {"usage", "bandwidth", "usage_percent"} <= set(told[friendly])
    disk = server.get("/api/stats").json()["service"]["storage"]["/media/frigate/recordings"]
    assert disk["total"] == pytest.approx(disk["used"] + disk["free"], rel=0.15)
    assert told[friendly]["usage_percent"] == pytest.approx(
        told[friendly]["usage"] / disk["total"] * 100, rel=0.01
    )
