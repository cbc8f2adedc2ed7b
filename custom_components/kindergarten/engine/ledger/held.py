"""Proves from the ledger alone that nothing held was deleted. Pure, like `verify`."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .chain import Json, Record
from .verify import Chain, Finding

_STEP_US = 1_000_000


@dataclass(slots=True)
class _Hold:
    cameras: set[str]
    boot: str
    t0: int
    t1: int
    ranges: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Boot:
    """`offset`: the UTC in µs of the boot's monotonic zero, as it is known by now."""

    offset: int
    epochs: dict[int, int] = field(default_factory=dict)


def check_holds(chain: Chain) -> list[Finding]:
    """Find deletions of files that an unlifted hold of their camera overlapped then: `held_deleted`."""
    findings: list[Finding] = []
    holds: dict[str, _Hold] = {}
    boots: dict[str, _Boot] = {}
    for record in chain.records:
        data = record.data
        if record.kind == "start":
            boot = boots.setdefault(str(data.get("boot")), _Boot(0))
            mono = _whole(data.get("mono0")) // 1000
            boot.offset = _whole(data.get("utc0")) - mono
            boot.epochs[record.epoch] = mono
        elif record.kind == "clock":
            _move(holds, boots, str(data.get("boot")), _whole(data.get("offset")))
        elif record.kind == "hold":
            _hold(holds, boots, record)
        elif record.kind == "lift" and data.get("step") == "done":
            holds.pop(str(data.get("uid")), None)
        elif record.kind == "delete" and holds:
            findings += _deleted(record, holds, boots)
    return findings


def _hold(holds: dict[str, _Hold], boots: dict[str, _Boot], record: Record) -> None:
    data = record.data
    t0, t1, cameras = _whole(data.get("t0")), _whole(data.get("t1")), data.get("cameras")
    boot = next((name for name, each in boots.items() if record.epoch in each.epochs), "")
    hold = holds.setdefault(str(data.get("uid")), _Hold(cameras=set(), boot=boot, t0=t0, t1=t1))
    hold.t0, hold.t1 = min(hold.t0, t0), max(hold.t1, t1)
    hold.cameras.update(str(uid) for uid in (cameras if isinstance(cameras, list) else []))
    hold.ranges.append((hold.t0, hold.t1))


def _move(holds: dict[str, _Hold], boots: dict[str, _Boot], name: str, offset: int) -> None:
    boot = boots.get(name)
    if boot is None:
        return
    delta, boot.offset = offset - boot.offset, offset
    if abs(delta) <= _STEP_US:
        return
    for hold in holds.values():
        if hold.boot == name:
            hold.t0, hold.t1 = hold.t0 + delta, hold.t1 + delta
            hold.ranges.append((hold.t0, hold.t1))


def _deleted(record: Record, holds: dict[str, _Hold], boots: dict[str, _Boot]) -> Iterator[Finding]:
    origins = {epoch: boot.offset + mono for boot in boots.values() for epoch, mono in boot.epochs.items()}
    files = record.data.get("files")
    for each in files if isinstance(files, list) else []:
        match each:
            case [str(camera), str(), int(), int(), int(epoch), int(start), int(end), *_] if epoch in origins:
                t0, t1 = origins[epoch] + start, origins[epoch] + end
                if any(
                    camera in hold.cameras and any(t0 <= last and first <= t1 for first, last in hold.ranges)
                    for hold in holds.values()
                ):
                    text = f"record {record.number} deleted footage of {camera} that was held"
                    yield Finding(
                        code="held_deleted", text=text, number=record.number, camera=camera, t_us=t0
                    )


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
