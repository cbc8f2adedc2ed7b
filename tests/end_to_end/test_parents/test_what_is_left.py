"""After all of it: no trouble on any phone, nothing of the families in the log."""

from contextlib import suppress

import pytest

from ..conftest import House
from ..garden import CHILD, FATHER, MOTHER, OTHER_CHILD, PHONES, SHORT, Garden

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_no_phone_reported_anything(garden: Garden) -> None:
    troubles = {name: await phone.troubles() for name, phone in garden.phones.items()}
    assert not any(troubles.values()), troubles


async def test_log_knows_no_trouble_no_secret_and_no_family(garden: Garden, house: House) -> None:
    assert house.hass.trouble() == []
    log = house.hass.log_path.read_text(encoding="utf-8", errors="replace")
    with suppress(OSError):
        log += (house.hass.folder / "hass.out").read_text(encoding="utf-8", errors="replace")
    names = [CHILD, OTHER_CHILD, MOTHER, FATHER, SHORT, *PHONES.values()]
    words = {word for name in names for word in (name, *name.split()) if len(word) > 3}
    # Six digits may stand in a log by chance, as part of a time.
    secrets = {secret for secret in garden.secrets if len(secret) > 6}
    assert secrets
    assert [word for word in words | secrets if word in log] == []
