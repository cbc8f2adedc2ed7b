"""Asks a device's RTSP server which paths it has, over one connection where that is allowed."""

from collections.abc import Callable
from dataclasses import dataclass

from ..env import Env
from ..errors import SourceError
from ..recorder.reader.native.auth import challenge
from ..recorder.reader.native.clock import Moment
from ..recorder.reader.native.dialogue import Dialogue
from ..recorder.reader.native.messages import Message
from ..recorder.reader.native.transport import Connection
from .tally import CountedLogin, Tally

type LoginMaker = Callable[[bool], CountedLogin]
"""Makes the login of a connection, told whether an earlier one took it."""

_TALK_NS = 12_000_000_000
"""How long one connection is used: the dialogue gives all questions before the first picture 20 s."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a device says of a path. `status` is RTSP's; `realm` and `server` tell its brand."""

    status: int
    realm: str
    server: str
    video: bool


class Describer:
    """Asks for the descriptions of paths; blocks, so it belongs into a thread."""

    def __init__(
        self,
        env: Env,
        host: str,
        port: int,
        login: LoginMaker,
        stopped: Callable[[], bool],
    ) -> None:
        """Ask `host`, with a new login for every connection, until `stopped`."""
        self._env = env
        self._host = host
        self._port = port
        self._make_login = login
        self._stopped = stopped
        self._connection: Connection | None = None
        self._talk: Dialogue | None = None
        self._login = login(False)
        self._since_ns = 0

    def ask(self, path: str) -> Reply:
        """Return what the device says of a path.

        Raises SourceError: unreachable, refused, timeout, closed, no_camera.
        """
        used = self._talk is not None
        try:
            return self._ask(path)
        except SourceError as error:
            self._login.turned_away()
            self.close()
            if error.code != "closed" or not used:
                raise
        return self._ask(path)  # many hang up after an answer that is not "OK"

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
        if self._talk is not None:
            self._talk.framing.close()
        self._connection = self._talk = None

    def _ask(self, path: str) -> Reply:
        host = f"[{self._host}]" if ":" in self._host else self._host
        url = f"rtsp://{host}:{self._port}{path}"
        answer = self._dialogue().ask("DESCRIBE", url, Accept="application/sdp")
        if answer.status == 403:
            self._login.turned_away()
        return _reply(answer)

    def _dialogue(self) -> Dialogue:
        now_ns = self._env.monotonic_ns()
        if self._talk is not None and now_ns - self._since_ns < _TALK_NS:
            return self._talk
        self.close()
        self._connection = Connection(self._host, self._port, encrypted=False)
        self._login = self._make_login(self._login.proved)
        self._since_ns = now_ns
        self._talk = Dialogue(self._env, self._connection, self._login, Moment(), self._stopped)
        return self._talk


def _reply(answer: Message) -> Reply:
    wanted = challenge(answer.headers.get("www-authenticate", []))
    return Reply(
        status=answer.status,
        realm=wanted.realm if wanted else "",
        server=answer.get("server"),
        video=answer.status == 200 and b"m=video" in answer.body,
    )


def nobody(env: Env) -> LoginMaker:
    """Return what makes logins of nobody: for questions that cost no password."""
    return lambda _: CountedLogin("", "", env.token, Tally())
