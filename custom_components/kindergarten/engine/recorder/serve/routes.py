"""All that the engine answers on its control socket."""

from typing import TYPE_CHECKING

from aiohttp import web

from .control import Control
from .elsewhere import ElsewhereRoutes
from .evidence import EvidenceRoutes
from .exports import ExportRoutes
from .jobs import JobRoutes
from .media import MediaRoutes
from .parts import PartRoutes
from .pictures import PictureRoutes
from .queries import Queries
from .requirements import RequirementRoutes
from .servers import ServerRoutes
from .sights import SightRoutes
from .stills import StillRoutes

if TYPE_CHECKING:
    from ...engine import Engine


def all_routes(engine: Engine) -> list[web.RouteDef]:
    """Return the routes of the control API."""
    return [
        *Control(engine).routes(),
        *Queries(engine).routes(),
        *MediaRoutes(engine).routes(),
        *ElsewhereRoutes(engine).routes(),
        *StillRoutes(engine).routes(),
        *PartRoutes(engine).routes(),
        *PictureRoutes(engine).routes(),
        *EvidenceRoutes(engine).routes(),
        *JobRoutes(engine).routes(),
        *ExportRoutes(engine).routes(),
        *RequirementRoutes(engine).routes(),
        *ServerRoutes(engine).routes(),
        *SightRoutes(engine).routes(),
    ]
