"""How everything is, in the words of the control API."""

from dataclasses import asdict

from .config import Config
from .env import Env
from .errors import RequestError
from .recorder.store.store import Store
from .recorder.store.views import CameraView
from .redaction import Redactor


def known_cameras(store: Store) -> list[CameraView]:
    """Return every camera that the archive knows; none while there is no archive."""
    try:
        return store.cameras()
    except RequestError:
        return []


def archive_status(store: Store, redactor: Redactor) -> dict[str, object]:
    """Say how the folder with the footage is."""
    state, space = store.state, store.space()
    return {
        "state": state.status,
        "path": state.path,
        "archive_id": state.archive_id,
        "total": space.total if space else None,
        "free": space.free if space else None,
        "used": space.used if space else None,
        "detail": redactor.clean(state.detail),
        "deletion": state.deletion,
    }


def evidence_status(store: Store) -> dict[str, object]:
    """Say what is held, and how far the ledger is; nulls while there is no archive."""
    try:
        with store.evidence() as evidence:
            head = evidence.heads.view()
            return {
                "holds": asdict(evidence.holds.share()),
                "head": {"n": head.n, "h": head.h, "code": head.code, "day": head.day},
                "ledger": {"state": evidence.ledger_state},
            }
    except RequestError:
        return {"holds": None, "head": None, "ledger": None}


def site_status(env: Env, store: Store, config: Config, redactor: Redactor) -> dict[str, object]:
    """Say how everything but the cameras is; reads the disk."""
    epoch = store.epoch
    return {
        "rev": config.rev,
        "now_us": env.realtime_ns() // 1000,
        "epoch": {
            "id": epoch.id,
            "utc0_us": epoch.utc0_us,
            "trust": epoch.trust,
            "source": epoch.source,
        },
        "archive": archive_status(store, redactor),
        "forecast": asdict(store.forecast()),
        "volumes": [asdict(volume) for volume in store.volumes()],
        "retention": asdict(config.retention),
        **evidence_status(store),
        "removed_cameras": [
            {"uid": camera.uid, "label": camera.label, "removed_us": camera.removed_us}
            for camera in known_cameras(store)
            if config.camera(camera.uid) is None
        ],
    }
