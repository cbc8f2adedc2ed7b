"""Who asks, as they are logged in: by the websocket, or by a request of its own."""

from homeassistant.auth.models import RefreshToken
from homeassistant.components import websocket_api
from homeassistant.components.http import KEY_HASS_REFRESH_TOKEN_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import current_request


@callback
def async_login(hass: HomeAssistant, user_id: str | None) -> RefreshToken | None:
    """Return the login from which an administrator asks right now; None when they asked from elsewhere."""
    connection, request = websocket_api.current_connection.get(), current_request.get()
    token_id: str | None = None
    if connection is not None:
        token_id = connection.refresh_token_id
    elif request is not None:
        token_id = request.get(KEY_HASS_REFRESH_TOKEN_ID)
    token = None if token_id is None else hass.auth.async_get_refresh_token(token_id)
    if token is None or token.user.id != user_id or not token.user.is_active or not token.user.is_admin:
        return None
    return token
