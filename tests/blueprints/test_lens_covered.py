"""A camera that records and sees nothing: what it is, what to do, and the all-clear."""

from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from .conftest import PHONE, House

SENSOR = "binary_sensor.by_the_window_picture"
TELL = {"phones": [PHONE], "more": []}


@pytest.fixture
async def sees(house: House) -> None:
    """Let a camera have a sensor for its picture, and see well."""
    registry = er.async_get(house.hass)
    if registry.async_get(SENSOR) is None:
        device = dr.async_get(house.hass).async_get(house.device("By the window"))
        assert device
        registry.async_get_or_create(
            "binary_sensor",
            "kindergarten",
            "picture",
            suggested_object_id="by_the_window_picture",
            device_id=device.id,
            translation_key="picture_problem",
        )
    await sight(house, None)


async def sight(house: House, cause: str | None) -> None:
    """Let the sensor say what the eyes found."""
    house.hass.states.async_set(SENSOR, "on" if cause else "off", {"cause": cause or "none"})
    await house.later(seconds=4)


@pytest.mark.usefixtures("sees")
@pytest.mark.parametrize(
    ("language", "cause", "title", "message"),
    [
        (
            "en",
            "covered",
            "Sees nothing: By the window (Playroom)",
            "Since 18:00. The lens is covered. Take away what hangs or stands before it. "
            "Recording goes on, but it will not show what happens there.",
        ),
        (
            "ru",
            "turned",
            "Ничего не видит: By the window (Playroom)",
            "С 18:00. Камера смотрит не туда, куда раньше. Поверните её обратно; если так и задумано, нажмите у "
            "камеры «Запомнить изображение заново». "
            "Запись идёт, но происходящее там на ней не видно.",
        ),
    ],
)
async def test_lens_is_told_with_what_follows(
    house: House, language: str, cause: str, title: str, message: str
) -> None:
    await house.automate("lens_covered", TELL, language)
    await sight(house, cause)

    assert house.told == [(title, message)]


@pytest.mark.usefixtures("sees")
@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("blurred", "Wipe the lens"),
        ("dark", "The picture is black."),
        ("frozen", "The picture stands still."),
        ("clock_wrong", "The clock in the picture is wrong."),
        ("something new", "The camera sees nothing of use."),
    ],
)
async def test_every_cause_has_its_words(house: House, cause: str, said: str) -> None:
    await house.automate("lens_covered", TELL)
    await sight(house, cause)

    assert [said in message for _, message in house.told] == [True]


@pytest.mark.usefixtures("sees")
async def test_it_is_repeated_until_the_camera_sees_again(house: House) -> None:
    await house.automate("lens_covered", {**TELL, "remind": {"minutes": 30}}, "ru")
    await sight(house, "covered")
    for _ in range(4):
        await house.later(minutes=10)
    await sight(house, None)

    assert [title for title, _ in house.told] == [
        "Ничего не видит: By the window (Playroom)",
        "Всё ещё ничего не видит: By the window (Playroom)",
        "Снова видит: By the window (Playroom)",
    ]
    assert house.told[2][1] == "Отбой тревоги. Это длилось 40 мин, начиная с 18:00."


@pytest.mark.usefixtures("sees")
@pytest.mark.parametrize("picture", [True, False])
async def test_picture_is_sent_to_the_app_only_when_wanted(house: House, *, picture: bool) -> None:
    phone, pushed = house.take_phone("Phone")
    await house.automate("lens_covered", {**TELL, "phones": [phone], "picture": picture})
    await sight(house, "covered")

    (call,) = pushed
    assert call.data["data"].get("image") == ("/api/camera_proxy/camera.by_the_window" if picture else None)
    assert call.data["data"]["url"] == f"/config/devices/device/{house.device('By the window')}"
