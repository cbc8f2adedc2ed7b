"""What a room's viewers share, and what each of them is told of it."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from dataclasses import replace
import re

import pytest

from custom_components.kindergarten.portal.live import KEEP_BYTES, KEEP_S, RoomFeed, woken
from custom_components.kindergarten.portal.playlist import Playlist
from tests.integration.fake_live import INIT, FakeCamera, FakeLive

CAMERA = "aa" * 16


class Clock:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@contextlib.asynccontextmanager
async def running(feed: RoomFeed) -> AsyncIterator[None]:
    """Let a feed fetch."""
    task = asyncio.create_task(feed.run())
    try:
        await asyncio.sleep(0)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def settled() -> None:
    """Let everything that is ready happen."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def camera() -> FakeCamera:
    """Return a camera with a sub stream."""
    return FakeCamera()


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture
async def feed(camera: FakeCamera, clock: Clock) -> AsyncIterator[RoomFeed]:
    """Return a feed of the camera that fetches."""
    archive = FakeLive()
    archive.subs[CAMERA] = camera
    made = RoomFeed(archive, CAMERA, clock)
    async with running(made):
        yield made


def numbers(text: str | None) -> list[int]:
    """Return the numbers of the segments in a playlist."""
    return [int(found) for found in re.findall(r"^s/(\d+)$", text or "", re.MULTILINE)]


async def show(camera: FakeCamera, pattern: str, seconds: float = 1.0) -> None:
    """Show a part for each letter; K is a key frame."""
    for letter in pattern:
        camera.show(key=letter == "K", seconds=seconds)
        await settled()


async def test_the_first_playlist_begins_at_a_key_frame_with_two_segments(
    feed: RoomFeed, camera: FakeCamera
) -> None:
    await show(camera, "K.K.K")
    playlist = Playlist(feed, 0)
    text = playlist.text()
    assert len(numbers(text)) == 3
    assert text is not None
    assert "#EXT-X-TARGETDURATION:1\n" in text
    assert "#EXT-X-MEDIA-SEQUENCE:0\n" in text
    assert text.count("#EXT-X-PROGRAM-DATE-TIME:") == 1
    assert text.count("#EXT-X-MAP:URI=") == 1
    assert playlist.segment(numbers(text)[0]) == b"part 3"


async def test_nothing_from_before_the_room_opened_is_told(feed: RoomFeed, camera: FakeCamera) -> None:
    playlist = Playlist(feed, 10_000_000)
    for second, letter in enumerate("K.K.K.", start=9):  # the parts end at 9, 10, 11, …
        camera.show(key=letter == "K", end_us=second * 1_000_000)
        await settled()
    first = numbers(playlist.text())[0]
    assert playlist.segment(first) == b"part 5"
    early = Playlist(feed, 13_500_000)
    assert early.text() is None


async def test_numbers_of_two_viewings_have_nothing_in_common(feed: RoomFeed, camera: FakeCamera) -> None:
    await show(camera, "K.K.")
    first, second = Playlist(feed, 0), Playlist(feed, 0)
    ours, theirs = numbers(first.text()), numbers(second.text())
    assert ours != theirs
    assert [first.segment(number) for number in theirs] == [None] * len(theirs)
    assert first.segment(ours[0]) is second.segment(theirs[0])  # the same bytes, no copy


async def test_what_came_before_a_viewing_is_not_to_be_had(feed: RoomFeed, camera: FakeCamera) -> None:
    await show(camera, "K.K.K.")
    playlist = Playlist(feed, 0)
    begin = numbers(playlist.text())[0]
    assert playlist.segment(begin) is not None
    assert playlist.segment(begin - 1) is None
    await show(camera, "K")
    assert playlist.segment(begin + 2) is None  # not told yet
    playlist.text()
    assert playlist.segment(begin + 2) is not None


async def test_the_ring_holds_fifteen_seconds_also_when_nothing_comes(
    feed: RoomFeed, camera: FakeCamera, clock: Clock
) -> None:
    playlist = Playlist(feed, 0)
    for _ in range(40):
        clock.now_s += 1
        await show(camera, "K")
        playlist.text()
    assert len(feed.segments()) == KEEP_S + 1
    number = numbers(playlist.text())[-1]
    assert playlist.segment(number) is not None
    clock.now_s += KEEP_S + 1
    assert playlist.segment(number) is None
    assert feed.segments() == []
    assert playlist.text() is None


async def test_the_ring_is_bounded_in_bytes(feed: RoomFeed, camera: FakeCamera) -> None:
    for _ in range(12):
        camera.show(data=bytes(KEEP_BYTES // 5))
        await settled()
    assert len(feed.segments()) == 5


async def test_small_parts_become_one_segment_and_keys_begin_one(feed: RoomFeed, camera: FakeCamera) -> None:
    await show(camera, "K.....", seconds=0.1)
    assert [segment.ticks for segment in feed.segments()] == [36_000]
    await show(camera, "K...", seconds=0.1)
    assert [(segment.ticks, segment.key) for segment in feed.segments()] == [
        (36_000, True),
        (18_000, False),
        (36_000, True),
    ]


async def test_a_break_is_told_and_goes_on_at_a_key_frame(feed: RoomFeed, camera: FakeCamera) -> None:
    await show(camera, "K.")
    playlist = Playlist(feed, 0)
    playlist.text()
    camera.run += 1
    await show(camera, "..K.")
    text = playlist.text()
    assert text is not None
    assert len(numbers(text)) == 4
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert text.count("#EXT-X-PROGRAM-DATE-TIME:") == 2


async def test_other_parameter_sets_get_an_init_of_their_own(feed: RoomFeed, camera: FakeCamera) -> None:
    await show(camera, "K.")
    playlist = Playlist(feed, 0)
    playlist.text()
    camera.init = replace(INIT, sha256="cd" * 32, data=b"other")
    for viewer in camera.viewers:
        viewer.put_nowait(camera.init)
    await show(camera, "K.")
    found = [int(each) for each in re.findall(r'URI="i/(\d+)"', playlist.text() or "")]
    assert [playlist.init(number) for number in found] == [b"init", b"other"]


async def test_a_closed_room_forgets_its_pictures(feed: RoomFeed, camera: FakeCamera) -> None:
    await show(camera, "K.")
    playlist = Playlist(feed, 0)
    number = numbers(playlist.text())[0]
    feed.clear()
    assert playlist.segment(number) is None


async def test_news_wakes_who_waits_at_once(feed: RoomFeed, camera: FakeCamera) -> None:
    waiting = asyncio.create_task(woken(30, feed.news))
    await settled()
    await show(camera, "K")
    async with asyncio.timeout(5):
        await waiting


async def test_a_camera_without_a_sub_stream_says_so() -> None:
    feed = RoomFeed(FakeLive(), CAMERA)
    async with running(feed):
        await settled()
        assert feed.refused == "no_sub"
        assert feed.playable is False
