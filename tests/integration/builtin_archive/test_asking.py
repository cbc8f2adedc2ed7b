"""What our engine is asked by its client, and that an answer of something else is none."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.kindergarten.archive.builtin import BuiltinArchive
from custom_components.kindergarten.archive.evidence import (
    Administrator,
    WantedExport,
    WantedHold,
    WantedPack,
    WantedVerify,
)
from custom_components.kindergarten.archive.protocol import (
    ArchiveUnavailable,
    DesiredServer,
    ProbeSource,
)

from .recorder import Recorder

UID = "0" * 31 + "1"
SERVER = DesiredServer(uid="s1", url="https://frigate:8971", user="admin", secret="s3cret", trust="pin")
HOLD = {"uid": "h1", "cameras": [UID], "t0_us": 1, "t1_us": 2, "state": "held"}
VIDEO = {"codec": "h264", "width": 640, "height": 360, "codecs": "avc1.4d001e", "browser": True}
PROBED: dict[str, Any] = {"video": {**VIDEO, "fps": 15, "gop_s": 2}, "audio": None, "clock_offset_ms": 7}

type Ask = Callable[[BuiltinArchive], Awaitable[Any]]

HELD = WantedHold(
    cameras=(UID,), t0_us=1, t1_us=2, until_us=None, reason="fall", by="me", automation=False, incident=True
)
EXPORT = WantedExport(
    cameras=(UID,), t0_us=1, t1_us=2, purpose="case", recipient="police", by="me", exact=False
)
PACK = WantedPack(from_us=1, to_us=2, languages=("kk",), mode="hand_over", by="me", names={})
ASKED: tuple[tuple[Ask, Any, tuple[str, str, dict[str, str], Any]], ...] = (
    (lambda c: c.lease(90), {}, ("POST", "lease", {}, {"ttl_s": 90})),
    (lambda c: c.stop("user"), {}, ("POST", "stop", {}, {"cause": "user"})),
    (lambda c: c.lengthen("s1"), {}, ("POST", "servers/s1/lengthen", {}, None)),
    (lambda c: c.cameras(), [], ("GET", "cameras", {}, None)),
    (
        lambda c: c.timeline(UID, 1, 2),
        {"recordings": [], "gaps": [], "holds": []},
        ("GET", f"cameras/{UID}/timeline", {"from": "1", "to": "2"}, None),
    ),
    (
        lambda c: c.coverage(UID, 1, 2, 60),
        {"step_s": 60, "recorded": [1, 2.5], "planned": []},
        ("GET", f"cameras/{UID}/coverage", {"from": "1", "to": "2", "step": "60"}, None),
    ),
    (lambda c: c.days(UID, 18_000), [], ("GET", f"cameras/{UID}/days", {"tz_offset_s": "18000"}, None)),
    (lambda c: c.still(UID), b"jpeg", ("GET", f"cameras/{UID}/still.jpg", {}, None)),
    (
        lambda c: c.still(UID, 7, 360),
        b"",
        ("GET", f"cameras/{UID}/still.jpg", {"at": "7", "height": "360"}, None),
    ),
    (lambda c: c.holds(), [HOLD], ("GET", "holds", {}, None)),
    (
        lambda c: c.hold(HELD),
        {"uid": "h1"},
        (
            "POST",
            "holds",
            {},
            {
                "cameras": [UID],
                "t0_us": 1,
                "t1_us": 2,
                "until_us": None,
                "reason": "fall",
                "by": "me",
                "automation": False,
                "incident": True,
            },
        ),
    ),
    (
        lambda c: c.ask_lift("h1", "me", (Administrator(id="you", since_us=3),)),
        {"state": "lift_asked"},
        ("POST", "holds/h1/lift", {}, {"by": "me", "administrators": [{"id": "you", "since_us": 3}]}),
    ),
    (lambda c: c.cancel_lift("h1", "me"), {}, ("POST", "holds/h1/cancel_lift", {}, {"by": "me"})),
    (
        lambda c: c.record("view", {"room": "r"}, "once1"),
        {},
        ("POST", "ledger", {}, {"k": "view", "d": {"room": "r"}, "idem": "once1"}),
    ),
    (
        lambda c: c.ledger(("hold", "lift"), 5),
        {"records": []},
        ("GET", "ledger", {"kinds": "hold,lift", "limit": "5"}, None),
    ),
    (lambda c: c.people_generation(), {"generation": 3}, ("GET", "ledger/people", {}, None)),
    (lambda c: c.confirm_ledger("me"), {}, ("POST", "ledger/confirm", {}, {"by": "me"})),
    (lambda c: c.proof(30), {"checked_us": 1, "cameras": {}}, ("GET", "proof", {"days": "30"}, None)),
    (
        lambda c: c.challenge(UID, 5, "me"),
        {"played": False},
        ("POST", "challenge", {}, {"camera": UID, "at_us": 5, "by": "me"}),
    ),
    (
        lambda c: c.start_export(EXPORT),
        {"id": "e1"},
        (
            "POST",
            "exports",
            {},
            {
                "cameras": [UID],
                "t0_us": 1,
                "t1_us": 2,
                "purpose": "case",
                "recipient": "police",
                "by": "me",
                "exact": False,
            },
        ),
    ),
    (lambda c: c.export("e1"), {"id": "e1", "state": "done"}, ("GET", "exports/e1", {}, None)),
    (lambda c: c.remove_evidence("packs", "p1"), {}, ("DELETE", "packs/p1", {}, None)),
    (
        lambda c: c.start_verify(WantedVerify(depth="quick")),
        {"id": "j1"},
        (
            "POST",
            "jobs",
            {},
            {"kind": "verify", "depth": "quick", "head": None, "n": None, "fingerprint": None},
        ),
    ),
    (
        lambda c: c.start_pack(PACK),
        {"id": "j1"},
        (
            "POST",
            "jobs",
            {},
            {
                "kind": "pack",
                "from_us": 1,
                "to_us": 2,
                "languages": ["kk"],
                "mode": "hand_over",
                "by": "me",
                "names": {},
            },
        ),
    ),
    (lambda c: c.cancel_job("j1"), {}, ("DELETE", "jobs/j1", {}, None)),
    (lambda c: c.tasks(), [], ("GET", "jobs", {}, None)),
    (lambda c: c.packs(), [{"id": "p1"}], ("GET", "packs", {}, None)),
    (
        lambda c: c.warm([UID], 30),
        {"cameras": [UID]},
        ("POST", "warm", {}, {"cameras": [UID], "ttl_s": 30}),
    ),
    (lambda c: c.sights(UID), {"events": []}, ("GET", f"cameras/{UID}/sights", {}, None)),
    (
        lambda c: c.sight_still(UID, "9", "before"),
        b"jpeg",
        ("GET", f"cameras/{UID}/sights/9/before.jpg", {}, None),
    ),
    (lambda c: c.learn_picture(UID), {}, ("POST", f"cameras/{UID}/learn", {}, None)),
)


async def test_every_question_goes_to_its_route_with_what_it_says(
    client: BuiltinArchive, recorder: Recorder
) -> None:
    for ask, answer, expected in ASKED:
        recorder.answer = answer
        await ask(client)
        assert recorder.asked[-1] == expected


NO: tuple[tuple[Ask, Any], ...] = (
    (lambda c: c.status(), {"cameras": []}),
    (lambda c: c.hello(), {"proto": "1"}),
    (lambda c: c.cameras(), {}),
    (lambda c: c.cameras(), b"no JSON"),
    (lambda c: c.timeline(UID, 1, 2), {"recordings": [{"stream": "third"}], "gaps": [], "holds": []}),
    (lambda c: c.hold(HELD), {"uid": 5}),
    (lambda c: c.start_export(EXPORT), ["e1"]),
    (lambda c: c.ledger(("hold",), 5), []),
    (lambda c: c.ledger(("hold",), 5), {}),
    (lambda c: c.people_generation(), {}),
    (lambda c: c.people_generation(), {"generation": 0}),
    (lambda c: c.certificate(SERVER), {}),
    (lambda c: c.warm([UID], 30), []),
    (lambda c: c.warm([UID], 30), {}),
    (lambda c: c.sights(UID), []),
    (lambda c: c.job("j1"), []),
    (lambda c: c.challenge(UID, 1, "me"), {"played": 1}),
    (lambda c: c.probe(ProbeSource(url="rtsp://x/")), []),
    (lambda c: c.probe(ProbeSource(url="rtsp://x/")), {"video": "none"}),
    (lambda c: c.probe(ProbeSource(url="rtsp://x/")), {**PROBED, "still": "no base64"}),
    (lambda c: c.probe(ProbeSource(url="rtsp://x/")), {**PROBED, "still": 5}),
)


async def test_an_answer_of_something_else_is_no_answer(client: BuiltinArchive, recorder: Recorder) -> None:
    for ask, answer in NO:
        recorder.answer = answer
        with pytest.raises(ArchiveUnavailable):
            await ask(client)
