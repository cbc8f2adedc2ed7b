"""What the owner's phone was told while the parents of `test_parents` watched."""

import pytest

from tests.instance.phone import AppPhone

from .garden import MOTHER, ROOM
from .test_house_alerts import heard

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_owner_hears_that_somebody_watches_and_not_who(
    request: pytest.FixtureRequest, app: AppPhone
) -> None:
    before = {item.path.name for item in request.session.items}
    if not {"test_house_alerts.py", "test_coming_in.py"} <= before:
        pytest.skip("nobody watched, or nobody was to be told")
    told = await heard(app, f"Watched out of hours: {ROOM}")
    assert told["message"].startswith("Somebody began to watch at ")
    assert told["data"]["url"] == "/kindergarten/viewings"
    assert MOTHER.split()[0] not in str(app.told)
