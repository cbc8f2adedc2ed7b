"""The route that tells how the kindergarten stands by its legal profile."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from ...errors import RequestError
from ...legal import profile
from ...legal.facts import Placed, gather
from ...legal.requirements import Facts, Room, judge
from ...status import known_cameras
from ..store.days import zone

if TYPE_CHECKING:
    from ...engine import Engine

PROOF_DAYS = 30
_LIFTED = "lifted"


class RequirementRoutes:
    """Judges by the profile of the desired state."""

    def __init__(self, engine: Engine) -> None:
        """Speak for an engine."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/v1/requirements", self.requirements)]

    async def requirements(self, _request: web.Request) -> web.Response:
        """Say of every requirement how it stands."""
        facts = await gathered(self._engine)
        law = profile(self._engine.config.profile or "")
        return web.json_response([each.as_json() for each in judge(law, facts)])


async def gathered(engine: Engine) -> Facts:
    """Return what an engine knows of its kindergarten; looks at the files."""
    config = engine.config
    status = await engine.status()
    proofs, held = await engine.ask(_looked, engine)
    known = await engine.ask(known_cameras, engine.store)
    return gather(
        today=datetime.fromtimestamp(
            int(str(status["now_us"])) / 1e6, zone(config.time_zone or "UTC")
        ).date(),
        status=status,
        rooms=[Room(uid=room.uid, kind=room.kind, label=room.label) for room in config.rooms],
        cameras=[
            Placed(
                uid=camera.uid,
                label=camera.label,
                room=camera.room.uid if camera.room else None,
                sound=camera.main.sound,
            )
            for camera in config.cameras
        ],
        proofs=proofs,
        added_us={camera.uid: camera.added_us for camera in known},
        held=held,
    )


def _looked(engine: Engine) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Return what the files prove by camera, and the cameras with footage that is held."""
    law = profile(engine.config.profile or "")
    try:
        with engine.store.using_all() as volumes:
            days = max(PROOF_DAYS, law.minimum_days.value)
            found = engine.prover.prove(volumes, zone(engine.config.time_zone or "UTC"), days)
        with engine.store.evidence() as evidence:
            views = evidence.holds.views()
    except RequestError:
        return {}, set()
    held = {uid for hold in views if hold.state != _LIFTED for uid in hold.cameras}
    return {uid: dict(proof.view()) for uid, proof in found.items()}, held
