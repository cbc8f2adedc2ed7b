"""Asks a device over HTTP or HTTPS: only the host that was named, with a deadline and a limit in bytes."""

import asyncio
from dataclasses import dataclass

import aiohttp
from yarl import URL

from ..env import Env
from ..recorder.reader.native.auth import challenge
from .certificate import Certificate, shown
from .tally import CountedLogin, Tally

LIMIT_BYTES = 256 << 10
ANSWER_S, _CONNECT_S = 6.0, 3.0
HTTPS_PORTS = (8443,)
"""Where devices encrypt, besides the port that is asked for: EZVIZ at 8443."""
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "kindergarten"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """An answer; `server` and `realm` tell its brand, `leads_to` is the port of HTTPS that it names."""

    status: int
    body: bytes
    server: str = ""
    realm: str = ""
    leads_to: int | None = None


class Web:
    """The requests to one device. No redirect is followed, nothing unpacked, no cookie kept."""

    def __init__(
        self, env: Env, host: str, user: str, secret: str, tally: Tally, *, encrypted: bool = False
    ) -> None:
        """Prepare; nothing is asked yet, and nothing ever without encryption where it is to be `encrypted`."""
        self._env = env
        self._host = host
        self._login = user, secret
        self._encrypted_only = encrypted
        self._tally = tally
        self._logins: dict[int, CountedLogin] = {}
        self._silent: set[int] = set()
        self._encrypted: dict[int, Certificate] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Hang up."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def reach(self, port: int, https_port: int) -> tuple[Page | None, Certificate | None]:
        """Return the first page of a device, asked by HTTP at a port if it serves that and need not encrypt.

        Otherwise by HTTPS, and so is everything that is asked at `port` from then on. The certificate cannot
        be verified: it comes back to be told, and a second one in its place is asked nothing.
        """
        page = await self.get(port, "/")
        if page is not None and page.leads_to is None:
            return page, None
        there = page.leads_to if page is not None else None
        ports = dict.fromkeys(each for each in (there, https_port, *HTTPS_PORTS) if each is not None)
        seen = await asyncio.gather(*(shown(self._host, each) for each in ports))
        certificate = next((each for each in seen if each is not None), None)
        if certificate is None:
            return page, None
        self._encrypted[port] = certificate
        self._silent.discard(port)
        return await self.get(port, "/") or page, certificate

    async def get(self, port: int, path: str, *, login: bool = False) -> Page | None:
        """Return the answer to a GET; None when none came that can be used.

        The login is said only when it is asked for and not yet refused by this port.
        """
        return await self._ask("GET", port, path, login=login)

    async def post(self, port: int, path: str, body: bytes, kind: str, *, login: bool = False) -> Page | None:
        """Return the answer to a POST, as `get` does."""
        return await self._ask("POST", port, path, body=body, kind=kind, login=login)

    async def _ask(
        self, method: str, port: int, path: str, *, login: bool, body: bytes = b"", kind: str = ""
    ) -> Page | None:
        known = self._logins.get(port) if login else None
        said = known.header(method, path) if known is not None and known.proved else None
        page, challenges = await self._once(method, port, path, body, kind, said)
        if page is None or not login or not any(self._login) or not self._tally.open:
            return page
        if page.status == 401 and known is None:
            known = self._logins[port] = CountedLogin(*self._login, self._env.token, self._tally)
        while page is not None and known is not None and page.status == 401 and known.asked(challenges):
            said = known.header(method, path)
            page, challenges = await self._once(method, port, path, body, kind, said)
        if known is None or said is None:
            return page
        if page is None or page.status == 403:
            known.turned_away()
        elif page.status != 401:
            known.accepted()
        return page

    async def _once(
        self, method: str, port: int, path: str, body: bytes, kind: str, login: str | None
    ) -> tuple[Page | None, list[str]]:
        if self._encrypted_only and port not in self._encrypted:
            return None, []
        if port in self._silent:  # waited for once, and that was long enough
            return None, []
        headers = {"Content-Type": kind} if kind else {}
        if login is not None:
            headers["Authorization"] = login
        host = f"[{self._host}]" if ":" in self._host else self._host
        try:
            held = self._encrypted.get(port)
            at = f"http://{host}:{port}" if held is None else f"https://{host}:{held.port}"
            url = URL(f"{at}{path}", encoded=True)
            async with (
                asyncio.timeout(ANSWER_S),
                self._client().request(
                    method,
                    url,
                    data=body or None,
                    headers=headers,
                    allow_redirects=False,
                    ssl=aiohttp.Fingerprint(bytes.fromhex(held.fingerprint)) if held else True,
                ) as answer,
            ):
                data = await _read(answer)
                challenges = [_readable(each) for each in answer.headers.getall("WWW-Authenticate", [])[:8]]
        except TimeoutError:
            self._silent.add(port)
            return None, []
        except aiohttp.ClientError, OSError, ValueError:
            return None, []
        wanted = challenge(challenges)
        page = Page(
            status=answer.status,
            body=data,
            server=answer.headers.get("Server", ""),
            realm=wanted.realm if wanted else "",
            leads_to=_https_port(answer),
        )
        return page, challenges

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=4, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
                headers=_HEADERS,
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


def _readable(header: str) -> str:
    """Return a header without what is no UTF-8: it can be said to nobody, and a digest has to be of text."""
    return header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _https_port(answer: aiohttp.ClientResponse) -> int | None:
    """Return the port of HTTPS to which an answer leads; the host that it names is not believed."""
    if answer.status not in {301, 302, 303, 307, 308}:
        return None
    try:
        url = URL(answer.headers.get("Location", ""))
    except ValueError:
        return None
    return url.port if url.scheme == "https" else None


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """Return the body, nothing of one that is too large or packed."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        return b""
    data = bytearray()
    async for chunk in answer.content.iter_any():
        data += chunk
        if len(data) > LIMIT_BYTES:
            return b""
    return bytes(data)
