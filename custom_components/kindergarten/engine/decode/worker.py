"""The process that decodes and encodes for the engine: `python -I boot.py decode`.

It may crash or hang on what a camera sends; the engine kills and restarts it, and recording does
not notice. A message is one line of JSON and then `size` bytes, both ways; logins come only this way.
"""

from collections.abc import Callable
import contextlib
from dataclasses import asdict
import json
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, BinaryIO

from ..env import Env, RealEnv
from ..errors import EngineError
from ..recorder.reader.interface import Source
from . import probe as look, signing
from .exact import exact
from .sound import SoundEncoder
from .still import still

if TYPE_CHECKING:
    from .marked import MarkedPictures

NICE = 10
MAX_LINE = 1 << 20
MAX_PAYLOAD = 64 << 20
MAX_STREAMS = 256
FORGET_NS = 120_000_000_000

type Message = dict[str, Any]
type Answer = tuple[Message, bytes]


class Worker:
    """Answers messages until there are no more."""

    def __init__(self, env: Env, requests: BinaryIO, answers: BinaryIO) -> None:
        """Read from one pipe and write to the other."""
        self._env = env
        self._requests = requests
        self._answers = answers
        self._lock = threading.Lock()
        self._encoders: dict[int, tuple[int, SoundEncoder]] = {}
        self._pictures: MarkedPictures | None = None
        self._operations: dict[str, Callable[[Message, bytes], Answer]] = {
            "ping": lambda _, payload: ({}, payload),
            "still": self._still,
            "marked": self._marked,
            "look": self._look,
            "sound": self._sound,
            "sign": self._sign,
            "valid": self._valid,
        }
        self._slow: dict[str, Callable[[Message, bytes], Answer]] = {
            "probe": self._probe,
            "exact": self._exact,
        }

    def run(self) -> None:
        """Work until the engine closes the pipe."""
        while line := self._requests.readline(MAX_LINE):
            message = json.loads(line)
            size = int(message["size"])
            if not 0 <= size <= MAX_PAYLOAD:
                return
            payload = self._requests.read(size)
            if len(payload) < size:
                return
            if message["op"] in self._slow:  # takes seconds: stills and sound do not wait for it
                operation = self._slow[message["op"]]
                threading.Thread(target=self._answer, args=(operation, message, payload), daemon=True).start()
            else:
                self._answer(self._operations[message["op"]], message, payload)

    def _answer(
        self, operation: Callable[[Message, bytes], Answer], message: Message, payload: bytes
    ) -> None:
        try:
            answer, data = operation(message, payload)
        except EngineError as error:
            answer, data = {"error": {"code": error.code, "text": error.text, "field": error.field}}, b""
        line = json.dumps(answer | {"id": message["id"], "size": len(data)}).encode() + b"\n"
        with self._lock, contextlib.suppress(BrokenPipeError):
            self._answers.write(line + data)
            self._answers.flush()

    def _still(self, message: Message, payload: bytes) -> Answer:
        at = message["init_size"]
        return {}, still(payload[:at], payload[at:], message["height"])

    def _marked(self, message: Message, payload: bytes) -> Answer:
        """Mark a picture that came before, or, with a payload, a new one."""
        if self._pictures is None:  # only now: Pillow takes memory, and most workers never need it
            from .marked import MarkedPictures

            self._pictures = MarkedPictures()
        pictures = self._pictures
        slot, name, height = message["slot"], message["name"], message["height"]
        if payload:
            at = message["init_size"]
            pictures.take(slot, name, height, payload[:at], payload[at:])
        elif not pictures.holds(slot, name, height):
            return {"unknown": True}, b""
        return {}, pictures.marked(slot, message["lines"], message["time_us"], message["quality"])

    def _look(self, message: Message, payload: bytes) -> Answer:
        """Look at a picture with an eye that comes with it and goes back: nothing of it stays here."""
        from ..eyes.eye import Eye  # only now: numpy takes memory, and not every worker needs it
        from ..eyes.picture import of_fragment

        eye_end = message["eye_size"]
        init_end = eye_end + message["init_size"]
        began_ns = self._env.monotonic_ns()
        eye = Eye.load(payload[:eye_end])
        picture = of_fragment(payload[eye_end:init_end], payload[init_end:])
        verdict = eye.look(picture, message["time_us"], open_now=message["open_now"])
        after = eye.dump()
        spent_ms = (self._env.monotonic_ns() - began_ns) / 1e6
        return {"verdict": asdict(verdict) | {"spent_ms": spent_ms}}, after

    def _sound(self, message: Message, payload: bytes) -> Answer:
        now_ns = self._env.monotonic_ns()
        stream = message["stream"]
        for old, (used_ns, _) in list(self._encoders.items()):
            if now_ns - used_ns > FORGET_NS or len(self._encoders) > MAX_STREAMS:
                del self._encoders[old]
        encoder = self._encoders[stream][1] if stream in self._encoders else None
        if encoder is None:
            encoder = SoundEncoder(message["codec"], message["rate"], message["channels"])
        self._encoders[stream] = (now_ns, encoder)
        frames = encoder.encode(message["pts"], payload)
        return {"frames": [(pts, len(data)) for pts, data in frames]}, b"".join(data for _, data in frames)

    def _sign(self, _: Message, payload: bytes) -> Answer:
        signature, public = signing.sign(payload[: signing.SEED], payload[signing.SEED :])
        return {}, signature + public

    def _valid(self, _: Message, payload: bytes) -> Answer:
        at = signing.PUBLIC + signing.SIGNATURE
        right = signing.valid(payload[: signing.PUBLIC], payload[at:], payload[signing.PUBLIC : at])
        return {"valid": right}, b""

    def _exact(self, message: Message, _: bytes) -> Answer:
        count = exact(message["source"], message["target"], message["start_us"], message["end_us"])
        return {"pictures": count}, b""

    def _probe(self, message: Message, _: bytes) -> Answer:
        source = Source(sound=True, **message["source"])
        result, picture = look.probe(self._env, source, message["limit_s"])
        return {"result": result}, picture or b""


def main(_: list[str]) -> int:
    """Work for the engine at the other end of stdin and stdout."""
    os.nice(NICE)
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # nothing that prints may get between the messages
    os.close(null)
    Worker(RealEnv(), sys.stdin.buffer, answers).run()
    return 0
