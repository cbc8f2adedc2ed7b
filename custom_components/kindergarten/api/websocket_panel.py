"""What the panel itself needs: QR codes, drawn by us so that no other code gets to see a link."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
import probatio

from ..engine.report.qr import modules
from .websocket_desk import Command, Desk, register

LONGEST_LINK: Final = 500


async def _qr(desk: Desk, message: dict[str, Any]) -> object:
    """Return a code's rows, "1" for dark."""
    rows = await desk.hass.async_add_executor_job(modules, message["text"])
    return {"rows": ["".join("1" if dark else "0" for dark in row) for row in rows]}


COMMANDS: Final = {
    "qr": Command(
        fields={probatio.Required("text"): probatio.All(str, probatio.Length(min=1, max=LONGEST_LINK))},
        answer=_qr,
    )
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the panel's own commands."""
    register(hass, COMMANDS)
