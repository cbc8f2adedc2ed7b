"""Files and fragments in a real Chromium."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import re
from threading import Thread
from typing import override

from playwright.sync_api import Page, sync_playwright
import pytest

from kindergarten_engine.recorder.format.fragment import audio_time, patch_tfdt

from .clips import RATE, STEP, Sound, encode, encode_sound, record
from .conftest import Clips

pytestmark = pytest.mark.browser

PLAY = """async name => {
  const video = document.querySelector("video");
  const heard = event => new Promise((good, bad) => {
    video.addEventListener(event, () => good(), {once: true});
    video.onerror = () => bad(video.error.message);
    setTimeout(() => bad("no " + event), 120000);
  });
  const loaded = heard("loadedmetadata");
  video.src = name;
  await loaded;
  const requests = performance.getEntriesByType("resource").length;
  const seeked = heard("seeked");
  video.currentTime = 31.5;
  await seeked;
  const at = video.currentTime;
  await video.play();
  await heard("timeupdate");
  while (video.currentTime <= 31.6) await new Promise(done => setTimeout(done, 50));
  return {duration: video.duration, seekable: video.seekable.end(0), at, now: video.currentTime,
    width: video.videoWidth};
}"""

APPEND = """async ([type, parts]) => {
  const video = document.querySelector("video");
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise(done => source.addEventListener("sourceopen", done, {once: true}));
  const buffer = source.addSourceBuffer(type);
  for (const part of parts) {
    if (typeof part === "number") {
      buffer.timestampOffset = part;
      continue;
    }
    buffer.appendBuffer(await (await fetch(part)).arrayBuffer());
    await new Promise(done => buffer.addEventListener("updateend", done, {once: true}));
  }
  source.endOfStream();
  video.currentTime = 2.2;
  await video.play();
  while (video.currentTime <= 2.4 && !video.error) await new Promise(done => setTimeout(done, 50));
  const ranges = [];
  for (let n = 0; n < video.buffered.length; n++)
    ranges.push([video.buffered.start(n), video.buffered.end(n)]);
  return {ranges, now: video.currentTime, error: video.error && video.error.message};
}"""


class Site:
    """Serves bytes by name, with ranges, and remembers what was asked."""

    def __init__(self) -> None:
        """Start to serve on any port."""
        files: dict[str, bytes] = {"/": b"<!doctype html><video muted playsinline></video>"}
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            @override
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                data = files.get(self.path)
                if data is None:
                    self.send_error(404)
                    return
                asked.append(self.path)
                found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                start, end = 0, len(data)
                if found:
                    start, end = int(found[1]), int(found[2] or len(data) - 1) + 1
                self.send_response(206 if found else 200)
                if found:
                    self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(end - start))
                self.send_header("Content-Type", "text/html" if self.path == "/" else "video/mp4")
                self.end_headers()
                try:
                    self.wfile.write(data[start:end])
                except ConnectionError:
                    self.close_connection = True

        self.files = files
        self.asked = asked
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site(real_sockets: None) -> Iterator[Site]:
    """Return a web server."""
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """Return an empty player."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"], timeout=180_000
        )
        page = browser.new_page()
        page.goto(site.address, timeout=180_000)
        yield page
        browser.close()


def test_closed_file_plays_and_seeks_by_itself(page: Page, site: Site) -> None:
    written = record(encode("h264_b", pictures=1000), encode_sound(40))
    site.files["/closed.mp4"] = written.closed
    found = page.evaluate(PLAY, "closed.mp4")
    assert found["duration"] == pytest.approx(40, abs=0.1)
    assert found["seekable"] == pytest.approx(40, abs=0.1)
    assert found["at"] == pytest.approx(31.5)
    assert found["now"] > 31.6
    assert found["width"] == 160
    assert site.asked.count("/closed.mp4") < len(written.entries) / 2


def test_files_of_a_run_are_one_unbroken_range(page: Page, site: Site, clips: Clips, sound: Sound) -> None:
    length = 60 * STEP
    parts = ["init.mp4"]
    for number in range(3):
        written = record(clips("h264_b"), sound, ticks0=number * length)
        data = bytearray(b"".join(map(written.fragment, range(len(written.entries)))))
        patch_tfdt(data, number * length, audio_time(number * length, RATE))
        site.files["/init.mp4"] = written.init.data
        site.files[f"/{number}.m4s"] = bytes(data)
        parts.append(f"{number}.m4s")
    video, audio = written.init.video, written.init.audio
    assert audio is not None
    kind = f'video/mp4; codecs="{video.codecs},{audio.codecs}"'
    found = page.evaluate(APPEND, [kind, parts])
    assert found["error"] is None
    assert len(found["ranges"]) == 1
    assert found["ranges"][0] == [pytest.approx(0, abs=0.05), pytest.approx(7.2, abs=0.1)]
    assert found["now"] > 2.4


def test_runs_with_other_parameters_play_on(page: Page, site: Site, clips: Clips) -> None:
    parts: list[str | float] = []
    for number, written in enumerate((record(clips("h264")), record(clips("h264_b")))):
        site.files[f"/init{number}.mp4"] = written.init.data
        site.files[f"/{number}.m4s"] = b"".join(map(written.fragment, range(len(written.entries))))
        parts += [f"init{number}.mp4", 2.4 * number, f"{number}.m4s"]
    found = page.evaluate(APPEND, [f'video/mp4; codecs="{written.init.video.codecs}"', parts])
    assert found["error"] is None
    assert found["ranges"] == [[pytest.approx(0, abs=0.05), pytest.approx(4.8, abs=0.1)]]
    assert found["now"] > 2.4
