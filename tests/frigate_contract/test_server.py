"""What Frigate tells of itself."""

import json
import re

import yaml  # type: ignore[import-untyped]

from .client import Server
from .sockets import Socket


def test_the_version_is_text_and_its_number_stands_before_the_dash(server: Server) -> None:
    number, _, commit = server.get("/api/version").text.partition("-")
    assert re.fullmatch(r"0\.\d+\.\d+", number)
    assert commit
    assert server.get("/api/config").json()["version"].startswith(".".join(number.split(".")[:2]))


def test_the_configuration_says_what_we_need_and_leaves_out_what_is_not_set(server: Server) -> None:
    config = server.get("/api/config").json()
    assert {"version", "cameras", "record", "mqtt", "auth", "go2rtc"} <= set(config)
    assert "null" not in json.dumps(config["record"])
    keys = {"continuous", "motion"} if server.version.at_least(0, 17) else {"retain"}
    for camera in config["cameras"].values():
        assert {"enabled", "record", "ffmpeg", "live", "zones"} <= set(camera)
        assert keys | {"enabled", "alerts", "detections", "enabled_in_config"} <= set(camera["record"])
        assert camera["live"]["streams"]
        assert any("record" in entry["roles"] for entry in camera["ffmpeg"]["inputs"])


def test_passwords_are_masked_where_everybody_reads(server: Server) -> None:
    for path in ("/api/config", "/api/go2rtc/streams"):
        for login in re.findall(r"rtsp://([^/\"]*)@", server.get(path).text):
            assert login == "*:*"


def test_the_file_is_yaml_in_a_json_string(server: Server) -> None:
    """It is what a restart will use."""
    file = yaml.safe_load(server.get("/api/config/raw").json())
    assert set(file["cameras"]) == set(server.cameras)


def test_figures_have_pictures_per_second_uptime_and_disks(server: Server) -> None:
    stats = server.get("/api/stats").json()
    for figures in stats["cameras"].values():
        assert {"camera_fps", "process_fps", "skipped_fps", "detection_fps", "detection_enabled"} <= set(
            figures
        )
        assert ("expected_fps" in figures) == server.version.at_least(0, 18)
    assert stats["service"]["uptime"] >= 0
    assert stats["service"]["version"] == server.version.text
    assert {"/media/frigate/recordings", "/tmp/cache", "/dev/shm"} <= set(stats["service"]["storage"])


def test_the_newest_picture_is_a_jpeg(server: Server) -> None:
    assert server.get(f"/api/{server.cameras[0]}/latest.jpg").body.startswith(b"\xff\xd8")


def test_live_switches_come_over_the_web_socket_when_asked(server: Server) -> None:
    with Socket(server.url, server.token) as socket:
        socket.send("onConnect", "")
        told = json.loads(socket.wait_for("camera_activity"))
    assert set(server.cameras) <= set(told)
    assert {"record", "enabled", "detect"} <= set(told[server.cameras[0]]["config"])


def test_what_does_not_exist_is_404_in_json(server: Server) -> None:
    answer = server.get("/api/no_such_place_at_all/for/us")
    assert (answer.status, answer.json()) == (404, {"detail": "Not Found"})
