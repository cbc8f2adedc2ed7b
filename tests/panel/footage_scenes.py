"""What the pages of recordings and of the inspection can look like."""

from .house import House, Owner
from .scenes import Act, Scene, all_of, tap

_CLOCK = "kg-recordings .stage:not([data-wait]) .clock"


async def _marked(house: House, owner: Owner) -> None:
    """Mark the last seconds of the day before as a stretch."""
    clock = owner.panel.locator(_CLOCK)
    await clock.wait_for()
    shown = await clock.get_attribute("data-us")
    await tap("kg-recordings .beside button")(house, owner)
    await owner.panel.locator(f'{_CLOCK}:not([data-us="{shown}"])').wait_for()
    buttons = owner.panel.locator("kg-recordings section:has(> .row button.main) > .row button")
    await buttons.nth(0).click()
    shown = await clock.get_attribute("data-us")
    await tap("kg-stage .bar button:nth-of-type(2)")(house, owner)
    await owner.panel.locator(f'{_CLOCK}:not([data-us="{shown}"])').wait_for()
    await buttons.nth(1).click()


def _dialog(at: int) -> Act:
    buttons = "kg-recordings section:has(> .row button.main) > .row button"
    return all_of(_marked, tap(f"{buttons} >> nth={at}"))


FOOTAGE = (
    Scene(name="recordings", place="recordings", sign="kg-recordings .clock"),
    Scene(
        name="recordings_all",
        place="recordings",
        act=tap("kg-compare button"),
        sign="kg-compare .rows button",
    ),
    Scene(name="heatmap", place="heatmap", sign="kg-heatmap .line a"),
    Scene(name="kept", place="kept", sign="kg-kept section p"),
    Scene(name="inspection", place="inspection", sign="kg-inspection tbody tr"),
    Scene(
        name="inspection_begin",
        place="inspection",
        act=tap("kg-inspection .head button.main"),
        sign="kg-inspection kg-sheet .main",
    ),
    Scene(name="challenge", place="challenge", sign="kg-challenge form"),
    Scene(name="packs", place="packs", sign="kg-packs form"),
    Scene(
        name="packs_full",
        place="packs",
        act=tap("kg-packs input[value=full]", "kg-packs form button.main"),
        sign="kg-packs kg-sheet .stop",
    ),
    Scene(name="evidence", place="evidence", sign="kg-evidence section select"),
)
"""Any house with a camera that records can show these."""

STRETCHES = (
    Scene(name="recordings_hold", place="recordings", act=_dialog(2), sign="kg-range form"),
    Scene(name="recordings_export", place="recordings", act=_dialog(3), sign="kg-range form"),
    Scene(
        name="challenge_played",
        place="challenge",
        act=tap('kg-challenge form button[type="button"]'),
        sign="kg-challenge .stamp",
    ),
)
"""These need a past."""
