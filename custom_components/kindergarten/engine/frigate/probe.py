"""A first look at a server that somebody wants to add: who answers, and which cameras it has."""

import asyncio
import ssl
from urllib.parse import urlsplit

from ..env import Env
from ..frigate_api.client import FrigateClient
from ..frigate_api.errors import FrigateError
from ..frigate_api.models import FrigateCamera
from ..frigate_api.server import Server, fingerprint_of, unverified

_LIMIT_S = 20.0
_CERTIFICATE_S = 8.0
_OPEN_S = 5.0
_ADMIN = "admin"


async def probe(env: Env, server: Server) -> dict[str, object]:
    """Return version, role and cameras of a server; raises FrigateError."""
    client = FrigateClient(env, server)
    try:
        async with asyncio.timeout(_LIMIT_S):
            version = await client.version()
            config, role = await asyncio.gather(client.config(), client.role())
    except TimeoutError as error:
        raise FrigateError("timeout", "no whole answer in time") from error
    finally:
        await client.close()
    return {
        "version": ".".join(map(str, version)),
        "admin": role == _ADMIN,
        "rtsp_port": config.rtsp_port,
        "cameras": [_camera(each) for each in config.cameras.values()],
    }


def _camera(camera: FrigateCamera) -> dict[str, object]:
    """Return a camera as it may be chosen; parents are shown the smallest stream, which comes last."""
    return {
        "id": camera.id,
        "name": camera.name,
        "records": camera.enabled and camera.record,
        "stream": camera.streams[-1] if camera.streams else camera.id,
        "days": camera.keeping.continuous,
    }


async def is_open(env: Env, server: Server, port: int) -> bool:
    """Tell whether a server's machine has a second door that asks for no login; nothing secret goes there."""
    if not server.user:
        return False  # that is the door that we use, and it is told of as such
    host = f"[{server.host}]" if ":" in server.host else server.host
    client = FrigateClient(env, Server(url=f"http://{host}:{port}"))
    try:
        async with asyncio.timeout(_OPEN_S):
            return bool((await client.stats()).cameras)
    except TimeoutError, FrigateError:
        return False
    finally:
        await client.close()


async def certificate(url: str) -> str:
    """Return the fingerprint of the certificate that is shown at an address; no login goes there."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(_CERTIFICATE_S):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 443, ssl=unverified(), server_hostname=parts.hostname
            )
    except TimeoutError as error:
        raise FrigateError("timeout", "no answer in time") from error
    except ssl.SSLError as error:
        raise FrigateError("tls", "there is no secure connection") from error
    except OSError as error:
        raise FrigateError("unreachable", "nobody answers there") from error
    try:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.transport.abort()
    if not shown:
        raise FrigateError("tls", "it shows no certificate")
    return fingerprint_of(shown)
