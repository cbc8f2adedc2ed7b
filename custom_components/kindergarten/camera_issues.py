"""What a person has to mend at a camera, by what is known of the recorder."""

from collections.abc import Iterator
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import issue_registry as ir

from .archive.protocol import CameraState, CameraStatus
from .binary_sensor import recording_problem
from .brands import brand_of
from .const import CONF_CAMERA_ID, CONF_FOUND, SUBENTRY_CAMERA
from .coordinator import KindergartenConfigEntry
from .flows import words
from .issue import Issue
from .snapshot import Snapshot

BORROWED_GONE: Final = "borrowed_camera_gone"
CAMERA_GONE: Final = "camera_gone"
LOGIN_REFUSED: Final = "login_refused"
TO_FORM: Final = (BORROWED_GONE, CAMERA_GONE, LOGIN_REFUSED)
"""What is mended in the camera's form."""

GONE_US: Final = 24 * 3600 * 1_000_000
RARE_KEYS_S: Final = 5.0
"""With key pictures further apart than this a phone waits for its first picture, and players give up."""

_NOT_GONE: Final = {CameraState.DISK, CameraState.AUTH}
"""What is not recorded for another reason, which has a repair of its own."""


def camera_issues(entry: KindergartenConfigEntry, snapshot: Snapshot, say: words.Words) -> Iterator[Issue]:
    """Yield what is to be mended now."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA):
        camera = snapshot.camera(subentry.data[CONF_CAMERA_ID])
        if key := _trouble(entry, snapshot, subentry, camera):
            yield Issue(
                issue_id=f"{key}_{subentry.subentry_id}",
                key=key,
                placeholders={"camera": subentry.title},
                data={"entry_id": entry.entry_id, "subentry_id": subentry.subentry_id},
            )
        if camera:
            yield from _settings(subentry, camera, say)


def _trouble(
    entry: KindergartenConfigEntry, snapshot: Snapshot, subentry: ConfigSubentry, camera: CameraStatus | None
) -> str | None:
    uid = subentry.data[CONF_CAMERA_ID]
    troubled = recording_problem(entry, snapshot, uid)
    # The last address that is known may do for long: whoever is recorded misses nobody.
    if uid in snapshot.gone and troubled:
        return BORROWED_GONE
    if camera and camera.state is CameraState.AUTH:
        return LOGIN_REFUSED
    if camera and troubled and camera.state not in _NOT_GONE and _away_us(snapshot, camera) > GONE_US:
        return CAMERA_GONE
    return None


def _away_us(snapshot: Snapshot, camera: CameraStatus) -> int:
    """Return for how long nothing has come from a camera, as far as anybody remembers."""
    stopped_us = round(snapshot.stopped_s.get(camera.uid, 0.0) * 1_000_000)
    if snapshot.status is None or camera.newest_us is None:
        return stopped_us
    return max(stopped_us, snapshot.status.now_us - camera.newest_us)


def _settings(subentry: ConfigSubentry, camera: CameraStatus, say: words.Words) -> Iterator[Issue]:
    """Yield what phones cannot play, and where to change it in a camera of this brand."""
    where = {"camera": subentry.title, "where": say(f"menu_{brand_of(subentry.data)}")}
    if camera.video and not camera.video.browser and not _sub_plays(subentry, camera):
        yield Issue(
            issue_id=f"camera_hevc_{subentry.subentry_id}",
            key="camera_hevc",
            severity=ir.IssueSeverity.WARNING,
            placeholders=where,
        )
    rarest_s = max(camera.gop_s or 0.0, (camera.sub.gop_s if camera.sub else None) or 0.0)
    if rarest_s > RARE_KEYS_S:
        yield Issue(
            issue_id=f"camera_rare_keys_{subentry.subentry_id}",
            key="camera_rare_keys",
            severity=ir.IssueSeverity.WARNING,
            placeholders={**where, "seconds": f"{rarest_s:.0f}"},
        )


def _sub_plays(subentry: ConfigSubentry, camera: CameraStatus) -> bool:
    """Tell whether there is a second picture that phones play; it may be seen only when somebody watches."""
    if camera.sub and camera.sub.video:
        return camera.sub.video.browser
    found = (subentry.data.get(CONF_FOUND) or {}).get("sub") or {}
    return camera.sub is not None and found.get("browser") is True
