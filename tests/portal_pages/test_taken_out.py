"""The picture alone, without the name over it: in a window of its own, on a television, on the whole screen."""

from playwright.async_api import expect
import pytest

from .phone import Phone, until
from .scenes import watch

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

STOPPED = "Көрсету тоқтатылды"


async def _watch(phone: Phone) -> None:
    await watch(phone.page, phone.kindergarten)


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
    await expect(phone.page.locator("video")).to_have_count(0)
    await phone.kindergarten.hears("/end")


async def test_the_picture_alone_on_the_whole_screen_is_stopped(phone: Phone) -> None:
    await _watch(phone)
    # It may be ended again before the browser is done with it.
    await phone.page.evaluate("document.querySelector('video').requestFullscreen().catch(() => {})")
    await phone.page.get_by_role("heading", name=STOPPED).wait_for()
    await expect(phone.page.locator("video")).to_have_count(0)
    await until(phone.page, "document.fullscreenElement === null")
