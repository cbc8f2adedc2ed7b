"""GStreamer's RTSP server with a cached clip: a second, independent camera for the tests.

Run by `GStreamerServer` with the system's Python (which has `gi`), so: its standard library, syntax
of Python 3.11. The settings come as one line of JSON on standard input: {"clip", "port", "auth",
"user", "password", "camera"}. Prints {"port": …} when it listens; ends at the end of input.
"""

import bisect
import importlib.util
import json
from pathlib import Path
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

_spec = importlib.util.spec_from_file_location("numbering", Path(__file__).with_name("numbering.py"))
assert _spec is not None
assert _spec.loader is not None
numbering = importlib.util.module_from_spec(_spec)
sys.modules["numbering"] = numbering
_spec.loader.exec_module(numbering)

_START = b"\x00\x00\x00\x01"
_LAUNCH = {
    "h264": "video/x-h264 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h265": "video/x-h265 ! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1",
}


class Clip:
    """The pictures of a cached clip file (its format: clips.py)."""

    def __init__(self, path: str) -> None:
        with Path(path).open("rb") as file:
            head = json.loads(file.readline())
            self.codec: str = head["codec"]
            self.loop_s: int = head["loop_s"]
            self.sets = [bytes.fromhex(unit) for unit in head["sets"]]
            self.pictures = [
                (pts, key, [file.read(length) for length in lengths])
                for pts, key, lengths in head["pictures"]
            ]
        self.due_s = sorted(pts / 90_000 for pts, _, _ in self.pictures)

    def first_key(self, at_s: float) -> int:
        """Return the index, counted from the epoch, of the first key picture due at or after a time."""
        loop, inside = divmod(at_s, self.loop_s)
        index = int(loop) * len(self.pictures) + bisect.bisect_left(self.due_s, inside)
        while not self.pictures[index % len(self.pictures)][1]:
            index += 1
        return index

    def due(self, index: int) -> float:
        """Return when a picture is sent, in seconds since the epoch."""
        loop, inside = divmod(index, len(self.pictures))
        return float(loop * self.loop_s + self.due_s[inside])

    def shown(self, index: int) -> float:
        """Return a picture's presentation time in seconds since the epoch."""
        loop, inside = divmod(index, len(self.pictures))
        return float(loop * self.loop_s + self.pictures[inside][0] / 90_000)

    def access_unit(self, index: int, camera: int) -> bytes:
        """Return a picture as byte stream, numbered now."""
        _, key, slices = self.pictures[index % len(self.pictures)]
        stamp = numbering.Stamp(
            index, numbering.slice_checksum(slices), time.time_ns() // 1000, camera, sub=False
        )
        units = [*(self.sets if key else []), numbering.sei(self.codec, stamp), *slices]
        return b"".join(_START + unit for unit in units)


class Feeder:
    """Pushes the clip into the pipeline of one media in real time, from its next key picture on."""

    def __init__(self, clip: Clip, camera: int, media: GstRtspServer.RTSPMedia) -> None:
        self._clip, self._camera = clip, camera
        self._source = media.get_element().get_by_name("source")
        self._ended = threading.Event()
        media.connect("unprepared", lambda _: self._ended.set())
        threading.Thread(target=self._feed, daemon=True).start()

    def _feed(self) -> None:
        clip = self._clip
        index = first = clip.first_key(time.time())
        while not self._ended.wait(max(0.0, clip.due(index) - time.time())):
            buffer = Gst.Buffer.new_wrapped(clip.access_unit(index, self._camera))
            buffer.pts = int((clip.shown(index) - clip.shown(first)) * Gst.SECOND)
            buffer.dts = int((clip.due(index) - clip.due(first)) * Gst.SECOND)
            if self._source.emit("push-buffer", buffer) not in (Gst.FlowReturn.OK, Gst.FlowReturn.FLUSHING):
                return
            index += 1


def _protect(server: GstRtspServer.RTSPServer, factory: GstRtspServer.RTSPMediaFactory, given: dict) -> None:  # type: ignore[type-arg]
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    if given["auth"] == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(given["user"], given["password"], token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(given["user"], given["password"]), token)
    server.set_auth(auth)
    factory.add_role_from_structure(
        Gst.Structure.from_string("viewer, media.factory.access=true, media.factory.construct=true")[0]
    )


def main() -> None:
    """Serve until standard input ends."""
    given = json.loads(sys.stdin.readline())
    Gst.init(None)
    clip = Clip(given["clip"])
    caps, _, rest = _LAUNCH[clip.codec].partition(" ! ")
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(given["port"]))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        "( appsrc name=source is-live=true format=time max-bytes=0 "
        f'caps="{caps},stream-format=byte-stream,alignment=au" ! {rest} )'
    )
    factory.set_shared(True)
    feeders = []
    factory.connect("media-configure", lambda _, media: feeders.append(Feeder(clip, given["camera"], media)))
    if given["auth"] != "none":
        _protect(server, factory, given)
    server.get_mount_points().add_factory("/main", factory)
    loop = GLib.MainLoop()
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
