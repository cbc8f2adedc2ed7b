"""Stills: how old they are is told, and what is old is no picture of now."""

import time

from tests.integration.fake_archive import FakeArchive
from tests.security.watching import watch

from .site import Family, Site


async def test_still_says_of_when_it_is(site: Site, family: Family, archive: FakeArchive) -> None:
    watching = await watch(family)
    before_us = time.time_ns() // 1000
    answer = await watching.phone.get(f"{watching.below}/still")
    assert answer.status == 200
    assert before_us <= int(answer.headers["X-Time-Us"]) <= time.time_ns() // 1000


async def test_picture_of_a_camera_that_stands_still_is_not_shown_as_one_of_now(
    site: Site, family: Family, archive: FakeArchive
) -> None:
    watching = await watch(family)
    [running] = site.portal.viewings._running.values()
    running.not_before_us = 0  # as if the room had been open for long
    archive.picture_age_s = 60
    answer = await watching.phone.get(f"{watching.below}/still")
    assert (answer.status, answer.code) == (503, "no_picture")
