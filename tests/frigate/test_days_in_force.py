"""Days that a server shows and does not keep: its deletion goes by what it read when it began."""

from pathlib import Path

from tests.frigate_stand_in import Settings

from .test_watch import UID, Rig, watching


async def look_at_the_settings_again(rig: Rig) -> None:
    """Let the server be away for a moment: whoever is back is asked how it is set up."""
    rig.server.control.fault("/api/stats", "status", status=500)
    await rig.until(lambda: rig.watch.trouble == "failed")
    rig.server.control.heal()
    await rig.until(lambda: rig.watch.trouble is None)


def too_short(rig: Rig) -> list[tuple[object, object]]:
    """Return which cameras are kept for how many days too few; `None` is all of them."""
    told = [dict(each) for each in rig.watch.view()["problems"]]
    return [(each["camera"], each["days"]) for each in told if each["code"] == "retention_short"]


async def test_days_that_are_shown_without_a_restart_are_too_few_until_the_repair_has_it_begin_anew(
    tmp_path: Path,
) -> None:
    settings = Settings(version="0.17", cameras=1, days=2, keep_days=10)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.until(lambda: too_short(rig))
        rig.server.control.set_config({"record.continuous.days": 31}, live=True)
        await look_at_the_settings_again(rig)
        assert rig.watch.config
        assert rig.watch.config.keeping.continuous == 31
        assert rig.server.control.deletion_days("cam1") == 10
        assert too_short(rig) == [(None, 10.0), (UID, 10.0)]

        rig.server.control.restart_takes(gap_s=1, away_s=0.05)
        rig.server.control.advance(120)
        await rig.watch.lengthen()
        assert rig.server.control.deletion_days("cam1") == 31
        assert too_short(rig) == []
