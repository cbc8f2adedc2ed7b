"""Finds a device's streams: first by what costs no password, then with at most two refused logins."""

import asyncio
from collections.abc import Sequence
import threading

from ..env import Env
from ..errors import SourceError
from .brands import GENERIC, Brand, Layout, made_by, recognised, twin_of
from .certificate import Certificate
from .describe import Describer, Reply, nobody
from .found import Channel, Found, Wanted
from .listings import MOST, Named, Told, told
from .onvif import PORTS, Onvif, channels_of
from .tally import CountedLogin, Tally
from .web import Web

LIMIT_S = 75.0
_EMPTY_IN_A_ROW = 8
"""Channels without a stream, one after the other, after which no more are expected where none are listed."""
_NO_CHANNEL = 250
"""No recorder has this one: who answers for it does not look at the number."""


async def find(env: Env, wanted: Wanted) -> Found:
    """Return what a device has, within `LIMIT_S`.

    Raises SourceError: unreachable, refused, timeout, closed, no_camera, auth, not_found.
    """
    search = Search(env, wanted)
    try:
        async with asyncio.timeout(LIMIT_S):
            return await search.run()
    except TimeoutError:
        raise SourceError("timeout", "the device takes too long to answer") from None
    finally:
        await search.close()


class Search:
    """One search; `tally` is shared by every way to the device."""

    def __init__(self, env: Env, wanted: Wanted) -> None:
        """Prepare; nothing is asked yet."""
        self._env = env
        self._wanted = wanted
        self._over = threading.Event()
        self.tally = Tally()
        login = wanted.user, wanted.secret
        self._web = Web(env, wanted.host, *login, self.tally, encrypted=wanted.encrypted)
        self._port = wanted.port
        self._rtsp: Describer | None = None
        self._onvif: Onvif | None = None
        self._maker = ("", "")
        self._certificate: Certificate | None = None
        self._locked = False

    async def close(self) -> None:
        """Hang up everywhere."""
        self._over.set()
        await self._web.close()
        if self._rtsp is not None:
            await asyncio.to_thread(self._rtsp.close)

    async def run(self) -> Found:
        """Search; raises SourceError."""
        shown, said = await asyncio.gather(self._look(), self._look_at_web(), return_exceptions=True)
        if isinstance(said, BaseException):
            raise said
        problem: SourceError | None = None
        if isinstance(shown, Reply):
            said = [shown.realm, shown.server, *said]
        elif isinstance(shown, SourceError):
            problem = shown
            if shown.code != "refused":
                raise shown
        else:
            raise shown
        brand = recognised(*said)
        if problem is not None or brand is None:
            return await self._unknown(brand, problem)
        return await self._known(brand)

    async def _look_at_web(self) -> list[str]:
        """Return how the device's web page introduces itself to nobody."""
        page, self._certificate = await self._web.reach(self._wanted.http_port, self._wanted.https_port)
        said = [] if page is None else [page.realm, page.server]
        return said if self._certificate is None else [*said, self._certificate.words]

    async def _look(self) -> Reply:
        """Return how the device introduces itself to nobody."""
        describer = self._describer(Describer(self._env, *self._place, nobody(self._env), self._over.is_set))
        try:
            return await asyncio.to_thread(describer.ask, self._wanted.path or "/")
        finally:
            await asyncio.to_thread(describer.close)

    @property
    def _place(self) -> tuple[str, int]:
        return self._wanted.host, self._port

    def _describer(self, describer: Describer) -> Describer:
        self._rtsp = describer
        return describer

    def _with_login(self) -> Describer:
        wanted, tally = self._wanted, self.tally

        def login(proved: bool) -> CountedLogin:
            return CountedLogin(wanted.user, wanted.secret, self._env.token, tally, proved=proved)

        return self._describer(Describer(self._env, *self._place, login, self._over.is_set))

    async def _known(self, brand: Brand) -> Found:
        """Go on with a brand that was recognised: its own paths first, for they are what is needed."""
        rtsp = self._with_login()
        layout = await self._layout(rtsp, brand.layouts)
        if layout is None and not self._locked and (twin := twin_of(brand)) is not None:
            layout = await self._layout(rtsp, [each for each in twin.layouts if each not in brand.layouts])
            brand = twin if layout is not None else brand
        if layout is None and self._locked:
            raise self._nothing()
        if layout is None:
            return await self._by_onvif(brand, rtsp)
        return await self._channels(brand, rtsp, layout)

    async def _unknown(self, brand: Brand | None, problem: SourceError | None) -> Found:
        """Go on with a stranger: ONVIF knows the paths; without it they are guessed."""
        try:
            return await self._by_onvif(brand, None)
        except SourceError:
            if not self.tally.open:
                raise
        if problem is not None:
            raise problem
        known = brand or made_by(self._maker[0])
        rtsp = self._with_login()
        layout = await self._layout(rtsp, known.layouts if known else GENERIC)
        if layout is None:
            raise self._nothing()
        return await self._channels(known, rtsp, layout)

    def _nothing(self) -> SourceError:
        if self._locked or self.tally.refused:
            return SourceError("auth", "the device refuses this login", "secret")
        return SourceError("not_found", "the device has no stream that is known", "url")

    async def _layout(self, rtsp: Describer, layouts: Sequence[Layout]) -> Layout | None:
        """Return the first layout that the device answers to; None also as soon as it refuses the login."""
        tried = list(layouts)
        if self._wanted.path.strip("/"):
            tried.append(Layout(main=_plain(self._wanted.path)))
        for layout in tried:
            # The first channels of a recorder may have no camera.
            for channel in range(1, 5 if layout.counts else 2):
                reply = await self._ask(rtsp, layout.paths(channel)[0])
                if reply.video:
                    return layout
                if self._locked:
                    return None
        return None

    async def _ask(self, rtsp: Describer, path: str) -> Reply:
        """Return what the device says of a path; a pause of the device is "no" to that path alone."""
        before = self.tally.refused
        try:
            reply = await asyncio.to_thread(rtsp.ask, path)
        except SourceError as error:
            if error.code not in {"timeout", "closed"} or not self.tally.open:
                raise
            reply = Reply(status=0, realm="", server="", video=False)
        self._locked |= reply.status == 401 or self.tally.refused > before
        return reply

    async def _channels(self, brand: Brand | None, rtsp: Describer, layout: Layout) -> Found:
        """Return all channels of a layout that works."""
        listed = Told()
        if brand is not None and brand.listing is not None and self.tally.open:
            listed = await told(brand.listing, self._web, self._wanted.http_port)
        names = listed.channels
        if not layout.counts:
            names = (Named(number=1, name=names[0].name if len(names) == 1 else ""),)
        found = await (self._listed(rtsp, layout, names) if names else self._counted(rtsp, layout))
        if not any(each.seen for each in found):
            raise self._nothing()
        own = made_by(listed.maker, listed.model)
        twin = brand is not None and own is not None and own.key == brand.twin
        return self._found(own if twin else brand, found, listed.model)

    async def _listed(self, rtsp: Describer, layout: Layout, names: Sequence[Named]) -> list[Channel]:
        """Return the channels that a recorder tells of, those without a picture too."""
        return [await self._channel(rtsp, layout, each) for each in names]

    async def _counted(self, rtsp: Describer, layout: Layout) -> list[Channel]:
        """Return the channels that answer, asked one after the other."""
        main, _ = layout.paths(_NO_CHANNEL)
        most = 1 if (await self._ask(rtsp, main)).video else MOST
        found: list[Channel] = []
        empty = 0
        for number in range(1, most + 1):
            channel = await self._channel(rtsp, layout, Named(number=number, name=""))
            empty = 0 if channel.seen else empty + 1
            if channel.seen:
                found.append(channel)
            if empty >= _EMPTY_IN_A_ROW or not self.tally.open:
                break
        return found

    async def _channel(self, rtsp: Describer, layout: Layout, named: Named) -> Channel:
        main, sub = layout.paths(named.number)
        ask = named.online is not False and self.tally.open
        seen = ask and (await self._ask(rtsp, main)).video
        with_sub = seen and sub is not None and self.tally.open and (await self._ask(rtsp, sub)).video
        return Channel(
            number=named.number, name=named.name, main=main, sub=sub if with_sub else None, seen=seen
        )

    async def _by_onvif(self, brand: Brand | None, rtsp: Describer | None) -> Found:
        """Return what a device tells by ONVIF; raises SourceError for one that does not, or not to us."""
        wanted = self._wanted
        ports = dict.fromkeys((wanted.http_port, *PORTS))
        login = wanted.user, wanted.secret
        onvif = await Onvif.find(self._env, self._web, ports, *login, self.tally)
        if onvif is None:
            raise self._nothing()
        self._maker = await onvif.maker() or self._maker
        pairs = channels_of(await onvif.profiles())[:MOST]
        found: list[Channel] = []
        for number, (main, sub) in enumerate(pairs, 1):
            at = await onvif.address(main)
            if at is None:
                continue
            if rtsp is None or at.port != self._port:
                self._port = at.port
                rtsp = self._with_login()
            other = await onvif.address(sub) if sub is not None else None
            layout = Layout(main=_plain(at.path), sub=_plain(other.path) if other is not None else None)
            found.append(await self._channel(rtsp, layout, Named(number=number, name="")))
            if not self.tally.open or (self._locked and not found[-1].seen):
                break
        if not any(each.seen for each in found):
            raise self._nothing()
        return self._found(brand or made_by(self._maker[0]), found, self._maker[1])

    def _found(self, brand: Brand | None, channels: Sequence[Channel], model: str) -> Found:
        return Found(
            brand=brand.key if brand else None,
            maker=self._maker[0],
            model=model,
            port=self._port,
            recorder=len(channels) > 1,
            stopped=self.tally.refused > 0,
            login=bool(self._wanted.user or self._wanted.secret),
            certificate=self._certificate.fingerprint if self._certificate else "",
            channels=tuple(channels),
        )


def _plain(path: str) -> str:
    """Return a path as a layout that stands for itself."""
    return path.replace("{", "{{").replace("}", "}}")
