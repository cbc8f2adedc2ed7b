"""The engine's side of the decode worker: started when needed, killed when it hangs."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
import contextlib
from dataclasses import dataclass
import itertools
import json
from pathlib import Path
import sys
import threading
from typing import Any

from ..errors import RequestError, SourceError
from ..recorder.reader.interface import AudioTrack, Source
from .g711 import CODECS, JUMP_TICKS, VIDEO_CLOCK

BOOT = Path(__file__).resolve().parents[1] / "boot.py"
IDLE_S, SIGNING_IDLE_S, LOOKING_IDLE_S = 60.0, 2.0, 2.0
STILL_S, SOUND_S, PROBE_EXTRA_S, SIGN_S = 15.0, 10.0, 20.0, 10.0
SOUND_CHUNK_S = 0.5
SOUND_WAITING = 8
EXACT_S = 120.0
_LIMIT = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a camera's eye says: `ok`, `covered`, `blurred`, `dark`, `frozen` or `turned`.

    `sight` is its state since `since_us` (µs, UTC), `look` what the last picture alone says, `sure` how
    plainly (0..1); `learning` while there is too little to compare with; `doubtful` when it would be
    good to look again soon. The worker took `spent_ms` for it.
    """

    sight: str
    since_us: int
    look: str
    sure: float
    learning: bool
    doubtful: bool = False
    spent_ms: float = 0.0


class DecodeClient:
    """Asks the worker; belongs to one asyncio loop.

    Requests fail with RequestError `decoder_failed` when the worker dies or does not answer in
    time; the next request starts another one.
    """

    def __init__(self, boot: Path = BOOT, idle_s: float = IDLE_S) -> None:
        """Run the worker with `boot`; end it after `idle_s` without work."""
        self._boot = boot
        self._idle_s = idle_s
        self._loop = asyncio.get_running_loop()
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._waiting: dict[int, asyncio.Future[tuple[dict[str, Any], bytes]]] = {}
        self._ids = itertools.count(1)
        self._idle: asyncio.TimerHandle | None = None
        self._closed = False
        self._sounds: set[asyncio.Task[None]] = set()
        self._marked: dict[str, tuple[str, int]] = {}

    @property
    def pid(self) -> int | None:
        """Return the worker's process id, `None` while there is none."""
        return self._process.pid if self._process else None

    async def probe(self, source: Source, limit_s: float = 8.0) -> tuple[dict[str, Any], bytes | None]:
        """Return what a stream sends (`video`, `audio`, `clock_offset_ms`) and a JPEG.

        Raises SourceError, or RequestError when the worker fails.
        """
        header: dict[str, object] = {
            "op": "probe",
            "source": {"url": source.url, "user": source.user, "secret": source.secret},
            "limit_s": limit_s,
        }
        answer, picture = await self._ask(header, b"", limit_s + PROBE_EXTRA_S)
        if error := answer.get("error"):
            raise SourceError(error["code"], error["text"], error["field"])
        result: dict[str, Any] = answer["result"]
        return result, picture or None

    async def still(self, init: bytes, fragment: bytes, height: int | None = None) -> bytes:
        """Return the first picture of a fragment as JPEG, at most `height` pixels high.

        Raises RequestError: `no_picture` when it does not decode, `decoder_failed`.
        """
        header: dict[str, object] = {"op": "still", "init_size": len(init), "height": height}
        answer, picture = await self._ask(header, init + fragment, STILL_S)
        if "error" in answer:
            raise RequestError("no_picture", "this picture does not decode")
        return picture

    async def marked(
        self,
        slot: str,
        name: str,
        init: bytes,
        fragment: bytes,
        *,
        height: int,
        quality: int,
        lines: Sequence[str],
        time_us: int,
    ) -> bytes:
        """Return the first picture of a fragment as JPEG with lines burned in.

        `name` tells it from all others of its stream, the `slot`; each is decoded once, so mostly
        the worker has it and needs no bytes. Raises RequestError: `no_picture`, `decoder_failed`.
        """
        header: dict[str, object] = {
            "op": "marked", "slot": slot, "name": name, "height": height, "quality": quality,
            "lines": list(lines), "time_us": time_us, "init_size": len(init),
        }  # fmt: skip
        payload = b"" if self._marked.get(slot) == (name, height) else init + fragment
        answer, picture = await self._ask(header, payload, STILL_S)
        if "unknown" in answer:
            answer, picture = await self._ask(header, init + fragment, STILL_S)
        if "error" in answer:
            raise RequestError("no_picture", "this picture does not decode")
        self._marked[slot] = name, height
        return picture

    async def look(
        self, eye: bytes, init: bytes, fragment: bytes, time_us: int, open_now: bool | None = None
    ) -> tuple[Look, bytes]:
        """Have a camera's eye look at the first picture of a fragment; `eye` is empty for a new one.

        `open_now` tells whether people are about, None when nobody knows. Returns what it says and the
        eye (at most 200 kB) for the next look. Raises RequestError: `no_picture`, `decoder_failed`.
        """
        header: dict[str, object] = {
            "op": "look", "eye_size": len(eye), "init_size": len(init), "time_us": time_us, "open_now": open_now,
        }  # fmt: skip
        answer, after = await self._ask(header, eye + init + fragment, STILL_S)
        if "error" in answer:
            raise RequestError("no_picture", "this picture does not decode")
        return Look(**answer["verdict"]), after

    async def sign(self, seed: bytes, message: bytes) -> tuple[bytes, bytes]:
        """Return the Ed25519 signature (64 bytes) of a message and the public key (32 bytes) of a private one.

        Raises RequestError.
        """
        _, answer = await self._ask({"op": "sign"}, seed + message, SIGN_S)
        return answer[:64], answer[64:]

    async def valid(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether a signature is right; raises RequestError."""
        if (len(public), len(signature)) != (32, 64):
            return False
        answer, _ = await self._ask({"op": "valid"}, public + signature + message, SIGN_S)
        return bool(answer["valid"])

    def sign_blocking(self, seed: bytes, message: bytes) -> tuple[bytes, bytes]:
        """Do as `sign`, for threads other than the loop's; raises RequestError."""
        waiting = asyncio.run_coroutine_threadsafe(self.sign(seed, message), self._loop)
        try:
            return waiting.result(SIGN_S + 1)
        except TimeoutError, CancelledError:
            waiting.cancel()
            raise RequestError("decoder_failed", "the decoder did not answer") from None

    async def exact(self, source: str, target: str, start_us: int, end_us: int) -> None:
        """Have the pictures of a video file between two times (since its begin) encoded into a new one.

        Raises RequestError.
        """
        header: dict[str, object] = {
            "op": "exact", "source": source, "target": target, "start_us": start_us, "end_us": end_us,
        }  # fmt: skip
        answer, _ = await self._ask(header, b"", EXACT_S + (end_us - start_us) / 1e6)
        if "error" in answer:
            raise RequestError("no_picture", "this stretch does not decode")

    def exact_blocking(self, source: str, target: str, start_us: int, end_us: int) -> None:
        """Do as `exact`, for threads other than the loop's; raises RequestError."""
        waiting = asyncio.run_coroutine_threadsafe(self.exact(source, target, start_us, end_us), self._loop)
        try:
            waiting.result()
        except CancelledError:
            raise RequestError("decoder_failed", "the decoder did not answer") from None

    def transcoder(self, track: AudioTrack, deliver: Callable[[int, bytes], None]) -> SoundStream | None:
        """Return what makes AAC of a camera's G.711; `None` for anything else. Any thread may call this."""
        return SoundStream(self, track, deliver) if track.codec in CODECS else None

    def send_sound(self, header: dict[str, object], data: bytes, done: SoundDone) -> None:
        """Have sound encoded; `done` hears the frames, `None` when it failed. Any thread may call this."""
        with contextlib.suppress(RuntimeError):  # the loop has closed
            self._loop.call_soon_threadsafe(self._start_sound, header, data, done)

    def _start_sound(self, header: dict[str, object], data: bytes, done: SoundDone) -> None:
        task = self._loop.create_task(self._sound(header, data, done))
        self._sounds.add(task)
        task.add_done_callback(self._sounds.discard)

    async def _sound(self, header: dict[str, object], data: bytes, done: SoundDone) -> None:
        frames: list[tuple[int, bytes]] | None = None
        with contextlib.suppress(RequestError):
            answer, payload = await self._ask(header, data, SOUND_S)
            if "error" not in answer:
                frames, at = [], 0
                for pts, size in answer["frames"]:
                    frames.append((pts, payload[at : at + size]))
                    at += size
        done(frames)

    async def close(self) -> None:
        """End the worker; later requests fail."""
        self._closed = True
        if self._idle:
            self._idle.cancel()
        await self._end()

    async def _ask(
        self, header: dict[str, object], payload: bytes, timeout_s: float
    ) -> tuple[dict[str, Any], bytes]:
        process = await self._worker()
        number = next(self._ids)
        future: asyncio.Future[tuple[dict[str, Any], bytes]] = self._loop.create_future()
        self._waiting[number] = future
        line = json.dumps(header | {"id": number, "size": len(payload)}).encode() + b"\n"
        try:
            async with asyncio.timeout(timeout_s):
                assert process.stdin
                process.stdin.write(line + payload)
                await process.stdin.drain()
                return await future
        except TimeoutError, OSError:
            self._kill(process)
            raise RequestError("decoder_failed", "the decoder did not answer") from None
        finally:
            self._waiting.pop(number, None)
            self._rest()

    async def _worker(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._closed:
                raise RequestError("decoder_failed", "the engine ends")
            if self._process is None:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-I",
                    str(self._boot),
                    "decode",
                    *(part for folder in sys.path for part in ("--site", folder)),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    limit=_LIMIT,
                )
                self._reading = self._loop.create_task(self._read(self._process))
            return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        try:
            while line := await process.stdout.readline():
                answer = json.loads(line)
                payload = await process.stdout.readexactly(answer["size"])
                future = self._waiting.get(answer["id"])
                if future is not None and not future.done():
                    future.set_result((answer, payload))
        except asyncio.IncompleteReadError, ValueError:
            pass
        finally:
            self._kill(process)
            await process.wait()

    def _kill(self, process: asyncio.subprocess.Process) -> None:
        """End a worker at once and fail what it was asked."""
        if self._process is process:
            self._process = None
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(RequestError("decoder_failed", "the decoder died"))
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    def _rest(self) -> None:
        if self._idle:
            self._idle.cancel()
        if not self._waiting and self._process is not None and not self._closed:
            self._idle = self._loop.call_later(self._idle_s, self._idled)

    def _idled(self) -> None:
        if self._process is not None and not self._waiting:
            self._kill(self._process)

    async def _end(self) -> None:
        process, reading = self._process, self._reading
        if process is not None:
            self._kill(process)
        if reading is not None:
            await asyncio.gather(reading, return_exceptions=True)


type SoundDone = Callable[[list[tuple[int, bytes]] | None], None]

_streams = itertools.count(1)


class SoundStream:
    """G.711 in, AAC frames out, some time later and from another thread."""

    def __init__(
        self, client: DecodeClient, track: AudioTrack, deliver: Callable[[int, bytes], None]
    ) -> None:
        """Gather half seconds of a track."""
        self._client = client
        self._track = track
        self._deliver = deliver
        self._number = next(_streams)
        self._lock = threading.Lock()
        self._data = bytearray()
        self._pts = 0
        self._sent = 0

    def feed(self, pts: int, data: bytes) -> None:
        """Take sound at `pts` (90 kHz); what the worker cannot keep up with is dropped."""
        track, held = self._track, self._data
        expected = self._pts + len(held) * VIDEO_CLOCK // (track.rate * track.channels)
        if held and abs(pts - expected) > JUMP_TICKS // 2:
            self._send()
        if not self._data:
            self._pts = pts
        self._data += data
        if len(self._data) >= SOUND_CHUNK_S * track.rate * track.channels:
            self._send()

    def _send(self) -> None:
        data, self._data = bytes(self._data), bytearray()
        with self._lock:
            if self._sent >= SOUND_WAITING:
                return
            self._sent += 1
        track = self._track
        header: dict[str, object] = {
            "op": "sound",
            "stream": self._number,
            "codec": track.codec,
            "rate": track.rate,
            "channels": track.channels,
            "pts": self._pts,
        }
        self._client.send_sound(header, data, self._done)

    def _done(self, frames: list[tuple[int, bytes]] | None) -> None:
        with self._lock:
            self._sent -= 1
        for pts, data in frames or ():
            self._deliver(pts, data)
