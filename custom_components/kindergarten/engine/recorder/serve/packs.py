"""Inspection packs: what the engine knows and what its archive proves, in one folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import RequestError
from ...evidence.export import EXPORTS
from ...evidence.jobs import Task
from ...evidence.opening import beside
from ...fields import Fields
from ...ledger.chain import Json
from ...legal import profile
from ...legal.requirements import Facts
from ...report.model import Site
from ...report.pack import LANGUAGES, Order, build, remove_halves
from ...report.source import ArchiveSource, Told, offset_s
from ..store.plan import planned_over
from ..store.schedule import Span
from . import answers
from .requirements import gathered

if TYPE_CHECKING:
    from ...engine import Engine

_MODES = ("hand_over", "full")
_MOST_US = 400 * 86_400_000_000
_STILL = 360


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A pack to be made; `name` is the kindergarten's."""

    order: Order
    name: str


async def start_pack(engine: Engine, fields: Fields) -> str:
    """Begin a pack; returns the job's id, which is the pack's too. Raises RequestError."""
    from_us, to_us = (fields.integer(name, 0, answers.MAX_US) for name in ("from_us", "to_us"))
    languages = tuple(dict.fromkeys(map(str, fields.items("languages", 3)))) or LANGUAGES
    mode = fields.choice("mode", _MODES, "hand_over")
    fields.text("by", 64, "")
    names = fields.inner("names")
    name = names.text("name", 200, "")
    names.done()
    fields.done()
    if not from_us < to_us <= from_us + _MOST_US:
        raise RequestError("out_of_range", "must be later than `from_us`, by 400 days at most", "to_us")
    if not set(languages) <= set(LANGUAGES):
        raise RequestError("wrong_choice", f"must be of {', '.join(LANGUAGES)}", "languages")
    order = Order(
        uid=engine.token(8), from_us=from_us, to_us=to_us, made_us=engine.store.utc_us(), languages=languages,
        mode="full" if mode == "full" else "hand_over",
    )  # fmt: skip
    facts = await gathered(engine)
    pictures = await _pictures(engine) if mode == "full" else {}
    wanted = Wanted(order=order, name=name)
    return engine.jobs.start(
        "pack", lambda task: _make(engine, task, wanted, facts, pictures), name=order.uid
    )


async def _pictures(engine: Engine) -> dict[str, bytes]:
    """Return a picture of each camera, where there is one."""
    found = {}
    for camera in engine.config.cameras:
        try:
            if (elsewhere := engine.servers.footage(camera.uid)) is not None:
                found[camera.uid] = await elsewhere.still(None, _STILL)
                continue
            frame = await engine.ask(engine.store.key_frame_at, camera.uid, "main", None)
            if frame is not None:
                found[camera.uid] = await engine.decode.still(frame.init, frame.fragment, _STILL)
        except RequestError:
            continue
    return found


def _make(
    engine: Engine, task: Task, wanted: Wanted, facts: Facts, pictures: dict[str, bytes]
) -> dict[str, object]:
    order, keys = wanted.order, engine.keys
    zone_name = engine.config.time_zone or "UTC"
    with engine.store.using_all() as volumes:
        archive, *older = volumes.archives

        def recorded(uid: str, t0: int, t1: int) -> Sequence[Span]:
            return planned_over(volumes.archives, uid, t0, t1)

        told = Told(
            site=Site(name=wanted.name, offset_s=offset_s(zone_name, order.to_us), time_zone=zone_name),
            profile=profile(engine.config.profile or ""), generator=f"kindergarten {engine.version}", facts=facts,
            wanted=recorded, public=keys.public().hex(), sign=lambda message: keys.sign(message).hex(), pictures=pictures,
        )  # fmt: skip
        exports = archive.volume.at(EXPORTS)
        remove_halves(archive.env.fs, exports)
        made = build(
            archive.env.fs,
            exports,
            order,
            ArchiveSource(beside(archive, older), told, [beside(each).reading for each in older]),
            progress=task.progress,
        )
        data: dict[str, Json] = {
            "uid": order.uid, "from": order.from_us, "to": order.to_us, "mode": order.mode, "manifest": made.manifest,
        }  # fmt: skip
        archive.record([("pack", data)])
    told_data: dict[str, Any] = {"id": order.uid, "manifest": made.manifest, "files": list(made.files)}
    engine.events.emit("packed", None, {"id": order.uid, "mode": order.mode})
    return told_data
