"""Who is asked before anything is done that only administrators may do."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized

from .const import DOMAIN


async def async_require_administrator(hass: HomeAssistant, context: Context | None) -> None:
    """Refuse whoever is not surely an active administrator; an automation is nobody."""
    if context is None or context.user_id is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="needs_person")
    user = await hass.auth.async_get_user(context.user_id)
    if user is None or not user.is_active or not user.is_admin:
        raise Unauthorized(context=context)
