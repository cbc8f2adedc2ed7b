"""Starts and stops a real `hass` process on a config folder of its own."""

import asyncio
import json
import os
from pathlib import Path
import re
import shutil
import signal
import socket
import sys

from tests.ports import hold_port

REPOSITORY = Path(__file__).parents[2]
COMPONENT = REPOSITORY / "custom_components/kindergarten"

CONFIGURATION = """\
# Made by script/run. Only what a development instance needs: the rest of default_config wants
# packages that are not installed here.
automation: !include automations.yaml
config:
frontend:
history:
logbook:
media_source:
mobile_app:
stream:
system_health:
homeassistant:
  name: Солнышко
  time_zone: {time_zone}
  unit_system: metric
  currency: KZT
  country: KZ
  language: {language}
logger:
  default: warning
  logs:
    custom_components.kindergarten: info
    # Says of every custom integration that it was not tested by Home Assistant.
    homeassistant.loader: error
    # Complains where the machine lacks a library that makes snapshots faster.
    homeassistant.components.camera.img_util: fatal
"""

TROUBLE = re.compile(r"Detected blocking call|Traceback \(most recent call last\)| (?:ERROR|CRITICAL) \(")


class HassError(Exception):
    """Home Assistant did not do what it was asked."""


def free_port(first: int = 0) -> int:
    """Return a free TCP port of 127.0.0.1: `first` or the next free one, or any when 0."""
    for port in range(first, first + 100) if first else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise HassError(f"no free port from {first} on")


class Hass:
    """One Home Assistant: a config folder and, while it runs, a process."""

    def __init__(
        self, folder: Path, *, port: int | None = None, language: str = "en", time_zone: str = "Asia/Almaty"
    ) -> None:
        """Use `folder` for the configuration; it is made when it is not there."""
        self.folder = folder
        self._place = hold_port(port or 0)  # nobody else is given it while Home Assistant is down
        self.port: int = self._place.getsockname()[1]
        self.language = language
        self.time_zone = time_zone
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Return the address of the web interface."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_path(self) -> Path:
        """Return where Home Assistant logs."""
        return self.folder / "home-assistant.log"

    @property
    def running(self) -> bool:
        """Tell whether the process lives."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Return the process id."""
        if self._process is None:
            raise HassError("Home Assistant was not started")
        return self._process.pid

    def prepare(self) -> None:
        """Write the configuration, once; everything but the first user counts as onboarded."""
        storage = self.folder / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        (self.folder / "configuration.yaml").write_text(
            CONFIGURATION.format(language=self.language, time_zone=self.time_zone), encoding="utf-8"
        )
        automations = self.folder / "automations.yaml"
        if not automations.exists():
            automations.write_text("[]\n", encoding="utf-8")
        self._move(storage / "http")
        onboarding = storage / "onboarding"
        if not onboarding.exists():
            data = {"done": ["core_config", "analytics", "integration"]}
            onboarding.write_text(
                json.dumps({"version": 4, "minor_version": 1, "key": "onboarding", "data": data}),
                encoding="utf-8",
            )
        components = self.folder / "custom_components"
        components.mkdir(exist_ok=True)
        link = components / "kindergarten"
        if link.is_symlink():
            link.unlink()
        elif link.exists():
            shutil.rmtree(link)
        link.symlink_to(COMPONENT)

    def _move(self, kept: Path) -> None:
        """Have an older configuration answer on our port: Home Assistant keeps the one of its first start."""
        if kept.exists():
            settings = json.loads(kept.read_text(encoding="utf-8"))
            settings["data"]["stable"]["server_port"] = self.port
            kept.write_text(json.dumps(settings), encoding="utf-8")

    async def start(self, *, deadline_s: float = 240) -> None:
        """Boot and wait until the web interface answers.

        The port travels in SETUP_PORT: an `http:` section would be taken back by Home Assistant
        after five minutes.
        """
        self.prepare()
        output = await asyncio.to_thread((self.folder / "hass.out").open, "ab")
        with output:
            self._process = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).parent / "hass"),
                "--config",
                str(self.folder),
                "--skip-pip",
                "--log-file",
                str(self.log_path),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | {"SETUP_PORT": str(self.port)},
            )
        try:
            async with asyncio.timeout(deadline_s):
                while not await self._answers():
                    if not self.running:
                        raise HassError(f"Home Assistant ended by itself; see {self.log_path}")
                    await asyncio.sleep(0.2)
        except TimeoutError:
            await self.kill()
            raise HassError(
                f"Home Assistant did not answer in {deadline_s:.0f} s; see {self.log_path}"
            ) from None

    async def _answers(self) -> bool:
        """Tell whether something answers HTTP on our port."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"GET /manifest.json HTTP/1.0\r\n\r\n")
            return b"200 OK" in await asyncio.wait_for(reader.readline(), 5)
        except TimeoutError, OSError:
            return False
        finally:
            writer.close()

    async def stop(self, *, deadline_s: float = 180) -> None:
        """Stop as a service manager does: SIGTERM, and wait."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), deadline_s)
        except TimeoutError:
            await self.kill()
            raise HassError(f"Home Assistant did not stop in {deadline_s:.0f} s") from None

    async def kill(self) -> None:
        """Pull the plug."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def trouble(self) -> list[str]:
        """Return the log lines that no healthy run has."""
        if not self.log_path.exists():
            return []
        lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if TROUBLE.search(line)]
