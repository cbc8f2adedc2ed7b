"""How the engine's process begins and ends."""

import asyncio
from contextlib import suppress
import json
import os
from pathlib import Path
import shutil
import signal
import stat
import subprocess
import sys

from tests.ports import hold_port

from .rig import BOOT, EngineProcess, config, until, wait_for_end

EVENTS = "http://engine/v1/events"


async def test_detached_engine_says_hello(engine: EngineProcess) -> None:
    hello = await engine.start()
    assert hello["proto"] == 1
    assert hello["pid"] != os.getpid()
    assert 0 < hello["live_port"] < 65536
    assert len(hello["version"]) == 16


async def test_second_engine_of_a_state_folder_is_refused(engine: EngineProcess) -> None:
    hello = await engine.start()
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(BOOT), "engine", "--state", str(engine.state)
    )
    assert await second.wait() == 3
    assert (await engine.ask("GET", "hello"))["pid"] == hello["pid"]


async def test_engine_outlives_the_process_that_launched_it(engine: EngineProcess) -> None:
    script = (
        "import subprocess, sys, time;"
        f"subprocess.run([sys.executable, '-I', {str(BOOT)!r}, 'engine', '--detach', '--state', {str(engine.state)!r}]);"
        "print('launched', flush=True); time.sleep(60)"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=subprocess.PIPE, start_new_session=True
    )
    assert parent.stdout
    await parent.stdout.readline()
    await engine.answering()
    os.killpg(parent.pid, signal.SIGKILL)
    await parent.wait()
    await asyncio.sleep(0.2)
    assert (await engine.ask("GET", "hello"))["pid"] == engine.pid


async def test_sigterm_ends_it_cleanly_as_a_host_restart(engine: EngineProcess) -> None:
    await engine.start()
    path = engine.socket
    os.kill(engine.pid, signal.SIGTERM)
    assert await asyncio.to_thread(wait_for_end, engine.pid)
    assert "Engine stops: host_restart" in engine.log()
    assert "Engine ended" in engine.log()
    assert not Path(path).exists()


async def test_stop_ends_it_with_the_cause(engine: EngineProcess) -> None:
    await engine.start()
    assert await engine.answer("POST", "stop", {"cause": "upgrade"}) == (200, {})
    assert await asyncio.to_thread(wait_for_end, engine.pid)
    assert "Engine stops: upgrade" in engine.log()


async def test_whoever_follows_what_happens_hears_the_end_of_it(engine: EngineProcess) -> None:
    hello = await engine.start()
    async with engine.session() as session, session.get(EVENTS, params={"after": 0}) as stream:
        await engine.ask("PUT", "config", config(None))
        assert await engine.answer("POST", "stop", {"cause": "upgrade"}) == (200, {})
        # Raises when the answer was broken off, as it is when the server waits in vain for its end.
        kinds = [json.loads(line)["kind"] async for line in stream.content]
    assert "config" in kinds
    assert await asyncio.to_thread(wait_for_end, hello["pid"])


async def test_an_engine_that_waits_takes_over_as_soon_as_the_one_before_it_ends(
    engine: EngineProcess,
) -> None:
    first = await engine.start()
    engine.launch("--wait", "120")
    assert (await engine.ask("GET", "hello"))["pid"] == first["pid"]
    await engine.ask("POST", "stop", {"cause": "upgrade"})
    assert await asyncio.to_thread(wait_for_end, first["pid"])
    assert (await engine.answering())["pid"] != first["pid"]


async def test_an_engine_that_waits_in_vain_is_refused(engine: EngineProcess) -> None:
    hello = await engine.start()
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(BOOT), "engine", "--state", str(engine.state), "--wait", "0.1"
    )
    assert await second.wait() == 3
    assert (await engine.ask("GET", "hello"))["pid"] == hello["pid"]


async def test_state_and_socket_are_for_the_owner_only(engine: EngineProcess) -> None:
    await engine.start()
    await engine.ask("PUT", "config", config(None))
    assert stat.S_IMODE(engine.state.stat().st_mode) == 0o700
    for path in engine.state.iterdir():
        with suppress(FileNotFoundError):  # what is being written has another name until it is whole
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE(Path(engine.socket).parent.stat().st_mode) == 0o700
    assert len(os.fsencode(engine.socket)) < 100


async def test_folder_of_somebody_else_is_not_used_for_the_socket(
    engine: EngineProcess, tmp_path: Path
) -> None:
    await engine.start()
    folder = Path(engine.socket).parent
    await engine.close()
    assert not folder.exists()
    folder.symlink_to(tmp_path)
    try:
        await engine.start()
        assert Path(engine.socket).parent != folder
        assert not Path(engine.socket).parent.is_symlink()
    finally:
        folder.unlink()


async def test_removed_socket_is_bound_again(engine: EngineProcess) -> None:
    await engine.start()
    pid = engine.pid
    shutil.rmtree(Path(engine.socket).parent)
    # The file is there a moment before anybody listens.
    assert (await engine.answering())["pid"] == pid


async def test_state_folder_that_cannot_be_written_is_told_once_and_once_when_it_can_be(
    engine: EngineProcess,
) -> None:
    await engine.start()
    obstacle = engine.state / "socket.path.part"
    obstacle.mkdir()
    Path(engine.socket).unlink()
    await until(lambda: "cannot be kept" in engine.log())
    await asyncio.sleep(2.5)  # it is tried each second
    (engine.state / "socket.path").unlink()
    obstacle.rmdir()
    await until(lambda: "are kept again" in engine.log())
    assert engine.log().count("cannot be kept") == 1
    assert (await engine.answering())["pid"] == engine.pid


async def test_engine_remembers_what_was_desired(engine: EngineProcess) -> None:
    await engine.start()
    await engine.ask("PUT", "config", config(None, rev=7))
    engine.kill()
    await engine.start()

    async def remembered() -> bool:
        return bool((await engine.ask("GET", "status"))["rev"] == 7)

    await until(remembered)


async def test_damaged_stored_configuration_does_not_hinder_the_start(engine: EngineProcess) -> None:
    engine.state.mkdir()
    (engine.state / "config.json").write_bytes(b'{"proto": 1, "rev": ')
    await engine.start()
    assert (await engine.ask("GET", "status"))["rev"] == 0


async def test_engine_ends_when_home_assistant_stays_away(engine: EngineProcess) -> None:
    await engine.start()
    await engine.ask("POST", "lease", {"ttl_s": 60})
    await engine.ask("PUT", "config", config(None, without_ha_s=1))
    await engine.ask("POST", "lease", {"ttl_s": 1})
    assert await asyncio.to_thread(wait_for_end, engine.pid)
    assert "Engine ended" in engine.log()


async def test_live_port_and_its_key_outlive_the_engine(engine: EngineProcess) -> None:
    port = (await engine.start())["live_port"]
    engine.kill()
    with hold_port(port):  # nobody is given it meanwhile
        assert (await engine.start())["live_port"] == port


async def test_taken_live_port_is_replaced(engine: EngineProcess) -> None:
    port = (await engine.start())["live_port"]
    await engine.close()
    with hold_port(port) as other:
        other.listen()
        assert (await engine.start())["live_port"] != port


async def test_engine_ends_when_its_state_folder_is_removed(engine: EngineProcess) -> None:
    await engine.start()
    # What the engine is just writing may be in the way.
    await until(lambda: shutil.rmtree(engine.state, ignore_errors=True) or not engine.state.exists())
    assert await asyncio.to_thread(wait_for_end, engine.pid)
