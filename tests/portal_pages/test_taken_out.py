"""The picture alone, without the name over it: in a window of its own, on a television, on the whole screen."""

import pytest

from .phone import Phone

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

MOVING = ".stage[data-shows=video] .chip[data-kind=live]"
STOPPED = "Көрсету тоқтатылды"


async def _watch(phone: Phone) -> None:
    await phone.page.goto(phone.kindergarten.url)
    await phone.page.locator(".room .button.main").click()
    await phone.page.locator(MOVING).wait_for()


async def test_the_browser_gives_the_picture_no_window_and_no_other_screen(phone: Phone) -> None:
    await _watch(phone)
    refused = await phone.page.evaluate("""async () => {
      const video = document.querySelector("video"), said = [];
      await video.requestPictureInPicture?.().catch((error) => said.push(error.name));
      await video.remote?.prompt().catch((error) => said.push(error.name));
      return said;
    }""")
    assert refused
    assert not set(refused) - {"InvalidStateError", "NotAllowedError", "NotSupportedError", "SecurityError"}
    assert await phone.page.evaluate("document.pictureInPictureElement") is None
    phone.wrong.clear()  # what Chromium itself says of our policy


@pytest.mark.parametrize("event", ["enterpictureinpicture", "webkitbeginfullscreen"])
async def test_a_picture_that_got_out_all_the_same_is_stopped(phone: Phone, event: str) -> None:
    await _watch(phone)
    await phone.page.evaluate(
        "(event) => document.querySelector('video').dispatchEvent(new Event(event))", event
    )
    await phone.page.get_by_role("heading", name=STOPPED).wait_for()
    assert await phone.page.locator("video").count() == 0
    assert any(path.endswith("/end") for path, _ in phone.kindergarten.heard)


async def test_the_picture_alone_on_the_whole_screen_is_stopped(phone: Phone) -> None:
    await _watch(phone)
    await phone.page.evaluate("document.querySelector('video').requestFullscreen()")
    await phone.page.get_by_role("heading", name=STOPPED).wait_for()
    assert await phone.page.locator("video").count() == 0
    await phone.page.wait_for_function("document.fullscreenElement === null")
