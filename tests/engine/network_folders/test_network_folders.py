"""An archive on a real network folder: NFS and SMB as Linux mounts them (`script/test --long`)."""

from pathlib import Path
from typing import Any

import pytest

from tests.cameras import TEST_SUB
from tests.cameras.camera import packet_clip

from . import machine
from .machine import Network

pytestmark = pytest.mark.long

NETWORKS = [
    Network(kind="nfs4", options="hard"),
    Network(kind="nfs4", options="soft,timeo=50,retrans=1"),
    Network(kind="nfs3", options="hard"),
    Network(kind="smb", options="soft"),
    Network(kind="smb", options="hard"),
]


@pytest.mark.timeout(machine.LIMIT_S + 60)
@pytest.mark.parametrize("network", NETWORKS, ids=lambda each: f"{each.kind}-{each.options.split(',')[0]}")
def test_an_archive_lives_on_a_network_folder(network: Network, tmp_path: Path) -> None:
    if absent := machine.missing():
        pytest.skip(f"not run: these packages are not installed: {', '.join(absent)}")
    packet_clip(TEST_SUB)  # encoded here: the machine may not write to our files
    seen: dict[str, Any] = machine.run(network, tmp_path)
    assert "network" in seen["trial"]["notes"]
    assert seen["opened"] == "ok"
    for moment in ("recorded", "after_outage"):
        assert seen[moment]["damaged"] == seen[moment]["repeated"] == 0, seen[moment]
        assert seen[moment]["errors"] == [], seen[moment]
    assert seen["recorded"]["missing"] == 0
    assert seen["second"] == "busy"
    assert seen["killed"]["lost_s"] <= 2
    assert max(seen["outage"]["slowest_s"].values()) < 15
    assert seen["outage"]["states"][-1] != "ok"
    assert seen["vanished"]["left_behind"] == []
    assert seen["vanished"]["states"][-1] == "missing"
    assert seen["full"]["lag_s"] < 5
    assert seen["rebuilt"]["recordings"] >= 1
    assert seen["log"] == []
