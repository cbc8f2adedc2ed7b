"""What the stand-in does when it is told to misbehave: what our client is tried with."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
import gzip
import http.client
import socket
import time

import pytest

from tests.frigate_stand_in import Settings, StandIn, StandInProcess
from tests.frigate_stand_in.faults import Kind

from .client import Server, ask, login


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    """One for all; each test heals it."""
    with StandIn(Settings()) as found:
        yield found


@pytest.fixture(autouse=True)
def healed(server: StandIn) -> Iterator[None]:
    """End the faults of the test before."""
    yield
    server.control.heal()


def test_a_fault_hits_its_addresses_so_often_as_it_should(server: StandIn) -> None:
    server.control.fault("^/api/stats", "status", status=504, times=1)
    assert ask(server.internal_url, "/api/stats").status == 504
    assert ask(server.internal_url, "/api/stats").status == 200


def test_a_slow_answer_is_a_true_one(server: StandIn) -> None:
    server.control.fault("/api/stats", "slow", seconds=0.1)
    assert "cameras" in ask(server.internal_url, "/api/stats").json()


@pytest.mark.parametrize("kind", ["bytes", "html", "shape", "deep", "nan", "empty", "nothing"])
def test_garbage_comes_with_200(server: StandIn, kind: Kind) -> None:
    server.control.fault("/api/config", kind)
    answer = ask(server.internal_url, "/api/config")
    assert answer.status == 200
    assert b'"record"' not in answer.body


def test_an_answer_may_be_cut_in_the_middle(server: StandIn) -> None:
    server.control.fault("/api/config", "cut")
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        ask(server.internal_url, "/api/config")


def test_an_answer_may_be_huge(server: StandIn) -> None:
    server.control.fault("/recordings", "huge", mib=5)
    assert len(ask(server.internal_url, "/api/cam1/recordings").body) > 5_000_000


def test_an_answer_may_be_small_on_the_wire_and_huge_unpacked(server: StandIn) -> None:
    server.control.fault("/api/config", "bomb", mib=5)
    packed = ask(server.internal_url, "/api/config")
    assert len(packed.body) < 50_000
    assert len(gzip.decompress(packed.body)) == 5 << 20


def test_an_answer_may_lead_elsewhere(server: StandIn) -> None:
    server.control.fault("/api/config", "redirect", location="http://169.254.169.254/")
    answer = ask(server.internal_url, "/api/config")
    assert (answer.status, answer.headers["Location"]) == (302, "http://169.254.169.254/")


def test_a_hanging_address_holds_up_nobody_else(server: StandIn) -> None:
    server.control.fault("/api/stats", "hang", seconds=30)
    address = server.internal_url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as waiting:
        waiting.sendall(b"GET /api/stats HTTP/1.1\r\nHost: frigate\r\n\r\n")
        assert ask(server.internal_url, "/api/version").status == 200
        waiting.settimeout(0.2)
        with pytest.raises(TimeoutError):
            waiting.recv(1)


def test_asking_what_is_unavailable_freezes_everybody_on_0_17(server: StandIn) -> None:
    """65 s for 7 days of one camera, unless a test ends it."""
    now = server.control.now()
    path = f"/api/recordings/unavailable?cameras=cam1&after={now - 7 * 86_400}&before={now}"
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(ask, server.internal_url, path)
        deadline = time.monotonic() + 60
        while not server.control.frozen():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        other = pool.submit(ask, server.internal_url, "/api/version")
        with pytest.raises(TimeoutError):
            other.result(0.3)
        server.control.heal()
        assert (other.result(60).status, asked.result(60).json()) == (200, [])


def test_only_nginx_answers_while_frigate_is_down(server: StandIn) -> None:
    server.control.crash()
    assert ask(server.internal_url, "/api/version").status == 502
    server.control.crash(on=False)
    assert ask(server.internal_url, "/api/version").status == 200


def test_away_is_refused_and_back_is_at_the_same_ports(server: StandIn) -> None:
    server.control.leave()
    with pytest.raises(OSError):
        ask(server.internal_url, "/api/version")
    server.control.come_back()
    assert ask(server.internal_url, "/api/version").status == 200


def test_every_request_is_noted(server: StandIn) -> None:
    server.control.forget_asked()
    ask(server.internal_url, "/api/cam1/recordings?after=1&before=2")
    asked = server.control.asked()
    assert [(each["path"], each["query"], each["status"]) for each in asked] == [
        ("/api/cam1/recordings", "after=1&before=2", 200)
    ]


def test_another_certificate_has_another_fingerprint(server: StandIn) -> None:
    before = server.fingerprint
    assert server.control.new_certificate() != before
    assert ask(server.external_url, "/api/version").status == 401


def test_it_becomes_another_version_and_keeps_its_days(server: StandIn) -> None:
    with StandIn(Settings(version="0.16")) as old:
        old.control.upgrade("0.17")
        config = ask(old.internal_url, "/api/config").json()
        assert config["version"] == "0.17-0"
        assert config["record"]["continuous"]["days"] == 31


def test_it_runs_in_a_process_of_its_own() -> None:
    with StandInProcess("--version", "0.18", "--cameras", "16", password="not the usual one") as server:
        assert len(ask(server.internal_url, "/api/config").json()["cameras"]) == 16
        token = login(server.external_url, "admin", "not the usual one").cookie("frigate_token")
        assert token
        now = server.control.now()
        server.control.add_hole(camera="cam7", start=now - 500, end=now - 300)
        found = Server(url=server.external_url, token=token, stand_in=None)
        assert found.rows("cam7", now - 450, now - 350) == []
        with pytest.raises(RuntimeError):
            server.control.no_such_thing()


def test_answers_tell_the_servers_own_time(server: StandIn) -> None:
    """As nginx does; the stand-in's need not be ours."""
    server.control.advance(900)
    told = parsedate_to_datetime(str(ask(server.internal_url, "/api/version").headers["Date"])).timestamp()
    assert abs(told - server.control.now()) < 60
