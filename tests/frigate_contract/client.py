"""A plain HTTP client and the server that is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
import http.client
from http.cookies import SimpleCookie
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

from tests.frigate_stand_in import StandIn
from tests.frigate_stand_in.versions import Version

PATIENCE_S = 60
BYPASS = {"X-Cache-Bypass": "1"}
type Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the JSON of the body."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()

    def cookie(self, name: str) -> str | None:
        """Return a cookie that was set."""
        for header in self.headers.get_all("Set-Cookie", []):
            if morsel := SimpleCookie(header).get(name):
                return morsel.value
        return None


def ask(
    url: str, path: str, *, method: str = "GET", body: object = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask once, over a connection of its own; certificates are not verified, redirects not followed."""
    parts = urlsplit(url)
    assert parts.hostname
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=PATIENCE_S, context=context
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE_S)
    sent = dict(headers or {})
    data = None
    if body is not None:
        data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
    try:
        connection.request(method, path, data, sent)
        response = connection.getresponse()
        return Answer(status=response.status, headers=response.headers, body=response.read())
    finally:
        connection.close()


@dataclass(kw_only=True)
class Server:
    """A server with a login; `token` is empty at the door without one."""

    url: str
    token: str
    stand_in: StandIn | None
    version: Version = field(init=False)

    def __post_init__(self) -> None:
        self.version = Version(text=self.get("/api/version").text)

    def ask(self, path: str, *, method: str = "GET", body: object = None, **headers: str) -> Answer:
        """Ask as the administrator, past the cache; headers with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | BYPASS
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return ask(self.url, path, method=method, body=body, headers=sent)

    def get(self, path: str, **headers: str) -> Answer:
        """Get an answer."""
        return self.ask(path, **headers)

    def rows(self, camera: str, after: float, before: float) -> list[Row]:
        """Return the segments that touch a window."""
        found: list[Row] = self.get(f"/api/{camera}/recordings?after={after}&before={before}").json()
        return found

    @property
    def cameras(self) -> list[str]:
        """Return the ids of the cameras."""
        return list(self.get("/api/config").json()["cameras"])

    @property
    def camera(self) -> str:
        """Return the first camera with footage of now."""
        now = self.now()
        return next(name for name in self.cameras if self.rows(name, now - 600, now))

    def now(self) -> float:
        """Return the server's time, Unix seconds."""
        if self.stand_in:
            return self.stand_in.control.now()
        return parsedate_to_datetime(str(self.get("/api/version").headers["Date"])).timestamp()


def login(url: str, user: str, password: str) -> Answer:
    """Try to log in."""
    return ask(url, "/api/login", method="POST", body={"user": user, "password": password})
