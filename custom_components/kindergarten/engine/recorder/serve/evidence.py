"""The routes of evidence: holds, the ledger and its heads."""

from collections.abc import Callable
from dataclasses import asdict
import re
from typing import TYPE_CHECKING

from aiohttp import web

from ...errors import RequestError
from ...fields import Fields
from ...ledger.chain import KINDS, Json, Record
from ..store.evidence import FOREIGN_KINDS, Evidence
from ..store.holds import HoldView, NewHold
from . import answers

if TYPE_CHECKING:
    from ...engine import Engine

_HOLD = "/v1/holds/{hold:[0-9a-f]{1,64}}"
_UID = re.compile(r"[0-9a-f]{32}")
_CAMERAS = 128
_PEOPLE = 64
_LIMIT = 200


class EvidenceRoutes:
    """What may not be deleted, and what proves that nothing was."""

    def __init__(self, engine: Engine) -> None:
        """Speak for an engine."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/v1/holds", self.holds),
            web.post("/v1/holds", self.hold),
            web.post(f"{_HOLD}/lift", self.lift),
            web.post(f"{_HOLD}/cancel_lift", self.cancel_lift),
            web.get("/v1/ledger", self.ledger),
            web.post("/v1/ledger", self.record),
            web.get("/v1/ledger/head", self.head),
            web.get("/v1/ledger/people", self.people),
            web.post("/v1/ledger/confirm", self.confirm),
            web.post("/v1/ledger/new_key", self.new_key),
        ]

    async def _ask[T](self, question: Callable[[Evidence], T]) -> T:
        def ask() -> T:
            with self._engine.store.evidence() as evidence:
                return question(evidence)

        return await self._engine.ask(ask)

    async def holds(self, _request: web.Request) -> web.Response:
        """List all holds, lifted ones included."""
        found = await self._ask(lambda evidence: evidence.holds.views())
        texts = self._engine.texts
        return web.json_response([_hold(each, texts.text(each.reason_hash)) for each in found])

    async def hold(self, request: web.Request) -> web.Response:
        """Make a hold; answers its uid, and whether holds take more of the disk than they should."""
        fields = Fields(await answers.body(request))
        cameras = tuple(dict.fromkeys(_uid(each) for each in fields.items("cameras", _CAMERAS)))
        t0, t1 = fields.integer("t0_us", 0, answers.MAX_US), fields.integer("t1_us", 0, answers.MAX_US)
        until = fields.optional_integer("until_us", 0, answers.MAX_US)
        reason, by = fields.text("reason", 2000), fields.text("by", 64, least=1)
        automation, incident = fields.boolean("automation"), fields.boolean("incident", False)
        fields.done()
        digest = await self._engine.ask(self._engine.texts.keep, reason)
        wanted = NewHold(
            cameras=cameras,
            t0=t0,
            t1=t1,
            until=until,
            by=by,
            reason=digest,
            automation=automation,
            incident=incident,
        )
        uid, over = await self._ask(lambda evidence: evidence.holds.make(wanted))
        return web.json_response({"uid": uid, "over_quota": over}, status=201)

    async def lift(self, request: web.Request) -> web.Response:
        """Ask that a hold be lifted, or agree to it."""
        fields = Fields(await answers.body(request))
        by = fields.text("by", 64, least=1)
        listed = [
            Fields(each, f"administrators[{number}]")
            for number, each in enumerate(fields.items("administrators", _PEOPLE))
        ]
        fields.done()
        people = {
            each.text("id", 64, least=1): each.integer("since_us", 0, answers.MAX_US) for each in listed
        }
        hold = request.match_info["hold"]
        return web.json_response(
            _state(await self._ask(lambda evidence: evidence.holds.lift(hold, by, people)))
        )

    async def cancel_lift(self, request: web.Request) -> web.Response:
        """Take back that a hold be lifted."""
        by = await _by(request)
        hold = request.match_info["hold"]
        return web.json_response(_state(await self._ask(lambda evidence: evidence.holds.cancel(hold, by))))

    async def ledger(self, request: web.Request) -> web.Response:
        """Return records behind number `after`, or the newest ones of some `kinds`, and the head."""
        after, limit = answers.number(request, "after", 0), answers.number(request, "limit", _LIMIT)
        if after < 0 or limit < 1:
            raise RequestError("out_of_range", "must not be negative", "after")
        kinds = frozenset(filter(None, request.query.get("kinds", "").split(",")))
        if not kinds <= KINDS:
            raise RequestError("wrong_choice", "must be kinds of records", "kinds")
        found, head = await self._ask(
            lambda evidence: (
                evidence.newest(kinds, limit) if kinds else evidence.records(after, limit),
                evidence.heads.now(),
            )
        )
        return web.json_response(
            {
                "records": [_record(each) for each in found],
                "head": {"n": head.n, "h": head.h, "code": head.code},
            }
        )

    async def head(self, _request: web.Request) -> web.Response:
        """Return the last signed head; before the first one, the ledger's own."""
        return web.json_response(asdict(await self._ask(lambda evidence: evidence.heads.view())))

    async def people(self, _request: web.Request) -> web.Response:
        """Return the highest generation of people in the ledger, null when there is none."""
        return web.json_response(
            {"generation": await self._ask(lambda evidence: evidence.people_generation())}
        )

    async def record(self, request: web.Request) -> web.Response:
        """Write a record of Home Assistant's side, once for each `idem`."""
        fields = Fields(await answers.body(request))
        kind, idem = fields.choice("k", sorted(FOREIGN_KINDS)), fields.text("idem", 64, least=8)
        data = fields.table("d")
        fields.done()
        number = await self._ask(lambda evidence: evidence.write(kind, data, idem))
        return web.json_response({"n": number})

    async def confirm(self, request: web.Request) -> web.Response:
        """An administrator accepts a ledger that is broken or missing: deletion works again."""
        await _by(request)
        await self._engine.ask(self._engine.store.confirm_deletion)
        return web.json_response({})

    async def new_key(self, request: web.Request) -> web.Response:
        """Sign with a new key from now on, vouched for by the present one."""
        await _by(request)
        return web.json_response({"key": await self._ask(lambda evidence: evidence.heads.rotate())})


def _uid(value: object) -> str:
    if not isinstance(value, str) or not _UID.fullmatch(value):
        raise RequestError("wrong_type", "must be camera ids", "cameras")
    return value


async def _by(request: web.Request) -> str:
    fields = Fields(await answers.body(request))
    by = fields.text("by", 64, least=1)
    fields.done()
    return by


def _hold(hold: HoldView, reason: str | None) -> dict[str, object]:
    told = asdict(hold)
    del told["reason_hash"]
    return {**told, "reason": reason}


def _state(hold: HoldView) -> dict[str, object]:
    return {
        "state": hold.state,
        "not_before_us": hold.not_before_us,
        "second_needed": hold.second_needed,
        "approved": hold.approved_by is not None,
    }


def _record(record: Record) -> dict[str, Json]:
    return {
        "d": record.data, "e": record.epoch, "h": record.hash, "k": record.kind, "n": record.number, "p": record.before,
        "t": record.time_us, "v": 1,
    }  # fmt: skip
