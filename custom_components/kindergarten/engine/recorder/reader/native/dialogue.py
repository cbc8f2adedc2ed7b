"""Talking RTSP: requests with their answers, the login, and a word now and then to keep the session."""

from collections.abc import Callable
import contextlib

from ....env import Env
from ....errors import SourceError
from .auth import Login
from .clock import Moment
from .framing import Framing
from .messages import Message, reply, request
from .sdp import refused
from .transport import Connection

ANSWER_S = 5.0
OPEN_S = 20.0
"""For connecting and all requests before the first picture."""
DEFAULT_TIMEOUT_S, SHORTEST_S, LONGEST_S = 60.0, 2.0, 60.0
_ATTEMPTS = 3


class Dialogue:
    """One RTSP connection. All methods raise SourceError."""

    def __init__(
        self, env: Env, connection: Connection, login: Login, moment: Moment, stopped: Callable[[], bool]
    ) -> None:
        """Talk over a connection with a login until `stopped`; `moment` is for what comes beside the answers."""
        self._env = env
        self._connection = connection
        self._login = login
        self._moment = moment
        self._stopped = stopped
        self._cseq = 0
        self._pending: int | None = None
        self._answer: Message | None = None
        self._session = ""
        self._timeout_s = DEFAULT_TIMEOUT_S
        self._alive_with = "OPTIONS"
        self._alive_ns = env.monotonic_ns()
        self._open_until_ns = self._alive_ns + round(OPEN_S * 1e9)
        self._asked_alive = False
        self.framing = Framing(self._hear)

    def ask(self, method: str, url: str, **headers: str) -> Message:
        """Send a request and wait for its answer, once more with the login when that is wanted."""
        for _ in range(_ATTEMPTS):
            answer = self._once(method, url, headers)
            if answer.status != 401 or not self._login.asked(answer.headers.get("www-authenticate", [])):
                break
        if answer.status not in {401, 403}:
            self._login.accepted()
        name, timeout_s = answer.session
        if name:
            self._session = name
            self._timeout_s = timeout_s or self._timeout_s
        return answer

    def expect(self, method: str, url: str, **headers: str) -> Message:
        """Do as `ask`; anything but "OK" is an error, and so is a redirection."""
        answer = self.ask(method, url, **headers)
        if 300 <= answer.status < 400:
            raise SourceError("refused", "the camera sends us to another address")
        if answer.status != 200:
            raise refused(answer.status)
        return answer

    def learn_methods(self, answer: Message) -> None:
        """Choose how to keep the session, by the answer to OPTIONS."""
        offered = {each.strip().upper() for each in answer.get("public").split(",")}
        self._alive_with = "GET_PARAMETER" if "GET_PARAMETER" in offered else "OPTIONS"

    def keep_alive(self, url: str, now_ns: int) -> None:
        """Say something when half of the session's time is over."""
        half_s = max(SHORTEST_S, min(self._timeout_s / 2, LONGEST_S))
        if now_ns - self._alive_ns < half_s * 1e9:
            return
        self._alive_ns = now_ns
        self._send(self._alive_with, url, {})
        self._asked_alive = True

    def farewell(self, url: str) -> bytes:
        """Return the request that ends the session, nothing without one."""
        return self._request("TEARDOWN", url, {}) if self._session else b""

    def _once(self, method: str, url: str, headers: dict[str, str]) -> Message:
        self._asked_alive = False
        self._answer = None
        self._pending = self._send(method, url, headers)
        until_ns = min(self._env.monotonic_ns() + round(ANSWER_S * 1e9), self._open_until_ns)
        while self._answer is None:
            if self._stopped():
                raise SourceError("timeout", "the session was ended")
            size = self._connection.receive(self.framing.room())
            self._moment.now_ns = self._env.monotonic_ns()
            self.framing.take(size)
            if self._answer is None and self._moment.now_ns > until_ns:
                raise SourceError("timeout", "the camera does not answer in time")
        self._pending = None
        return self._answer

    def _send(self, method: str, url: str, headers: dict[str, str]) -> int:
        self._connection.send(self._request(method, url, headers))
        return self._cseq

    def _request(self, method: str, url: str, headers: dict[str, str]) -> bytes:
        self._cseq += 1
        said = dict(headers)
        if self._session:
            said["Session"] = self._session
        if (login := self._login.header(method, url)) is not None:
            said["Authorization"] = login
        return request(method, url, self._cseq, said)

    def _hear(self, message: Message) -> None:
        """Take a message of the camera: an answer, late or not, or a request."""
        if not message.status:
            if message.first.endswith(("RTSP/1.0", "RTSP/2.0")):
                with contextlib.suppress(SourceError):  # the next read tells
                    self._connection.send(reply(message))
            return
        if message.status < 200:
            return
        if self._pending is not None:
            if message.cseq in {None, self._pending}:
                self._answer = message
        elif self._asked_alive:
            self._asked_alive = False
            self._hear_alive(message)

    def _hear_alive(self, message: Message) -> None:
        """Take the answer to `keep_alive`."""
        if message.status == 401 and self._login.asked(message.headers.get("www-authenticate", [])):
            self._alive_ns -= round(LONGEST_S * 1e9)  # the nonce was too old: say it once more, soon
        elif message.status == 454:
            raise SourceError("closed", "the camera forgot the session")
        elif message.status >= 400:
            self._alive_with = "OPTIONS"
        else:
            self._login.accepted()
