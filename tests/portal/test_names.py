"""What things are called: origins, phones, and the ids a phone may know."""

import pytest

from custom_components.kindergarten.engine.people.records import Device
from custom_components.kindergarten.portal.ids import OpaqueIds
from custom_components.kindergarten.portal.labels import label_of
from custom_components.kindergarten.portal.origin import Origin


@pytest.mark.parametrize(
    ("text", "browser_says"),
    [
        ("https://Cameras.Example.kz", "https://cameras.example.kz"),
        ("https://cameras.example.kz:443/", "https://cameras.example.kz"),
        ("https://cameras.example.kz:8443", "https://cameras.example.kz:8443"),
        ("https://балабақша.қаз", "https://xn--80aacbv3ad2vla.xn--80ao21a"),
        ("http://localhost:8123", "http://localhost:8123"),
        ("http://127.0.0.1:8123", "http://127.0.0.1:8123"),
        ("http://[::1]:8123", "http://[::1]:8123"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(text: str, browser_says: str) -> None:
    origin = Origin.parse(text)
    assert origin is not None
    if "xn--" not in browser_says:
        assert origin.text == browser_says
    assert origin.text.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cameras.example.kz",
        "http://cameras.example.kz",
        "http://192.168.1.5:8123",
        "http://localhost.evil.example",
        "https://user@cameras.example.kz",
        "https://cameras.example.kz/portal",
        "https://cameras.example.kz?a=b",
        "https://cameras.example.kz:99999",
        "ftp://cameras.example.kz",
        "https://",
        "https://a;return.example",
        "https://a{b}.example",
        'https://a"b.example',
        "https://a b.example",
        "https://a$b.example",
        "https://kg..example",
        "https://-kg.example",
        "https://kg.example:0",
    ],
)
def test_what_is_no_https_origin_opens_nothing(text: str) -> None:
    assert Origin.parse(text) is None


def test_a_request_is_at_the_origin_only_with_scheme_host_and_port() -> None:
    origin = Origin.parse("https://cameras.example.kz")
    assert origin is not None
    assert origin.is_at("https", "Cameras.Example.kz")
    assert origin.is_at("https", "cameras.example.kz:443")
    assert not origin.is_at("http", "cameras.example.kz")
    assert not origin.is_at("https", "cameras.example.kz:8123")
    assert not origin.is_at("https", "cameras.example.kz.evil.example")
    assert not origin.is_at("https", "cameras.example.kz/x")
    assert not origin.is_at("https", "x@cameras.example.kz")


def device(device_id: str) -> Device:
    return Device(
        id=device_id,
        guardian_id="g",
        label="",
        made_us=0,
        seen_us=0,
        idle_us=1,
        until_us=1,
        revoked_us=None,
        secret_hash=b"",
    )


def test_two_phones_have_no_names_in_common() -> None:
    ids = OpaqueIds()
    assert ids.of(device("a"), "room", "playroom") != ids.of(device("b"), "room", "playroom")


def test_a_room_and_a_child_of_the_same_id_have_different_names() -> None:
    ids = OpaqueIds()
    assert ids.of(device("a"), "room", "x") != ids.of(device("a"), "child", "x")


def test_a_phone_finds_only_what_it_may_know_by_its_own_name() -> None:
    ids = OpaqueIds()
    name = ids.of(device("a"), "room", "playroom")
    assert ids.find(device("a"), "room", name, ["bedroom", "playroom"]) == "playroom"
    assert ids.find(device("a"), "room", name, ["bedroom"]) is None
    assert ids.find(device("b"), "room", name, ["bedroom", "playroom"]) is None
    assert ids.find(device("a"), "room", 7, ["playroom"]) is None


def test_a_phone_is_called_by_our_own_words_alone() -> None:
    chrome = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
    assert label_of(chrome) == "Android · Chrome"
    assert label_of(safari) == "iPhone · Safari"
    assert label_of("<script>alert(1)</script>") == "?"
