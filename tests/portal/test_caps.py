"""Who gets in when many want to watch."""

from collections import Counter

from custom_components.kindergarten.portal.caps import FORGET_S, Caps, Limit, Watching

LIMIT = Limit(site=4, room=2)


class House:
    """Counts who watches, as the viewings do."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.caps = Caps(lambda: self.now_s)
        self.inside: dict[str, tuple[str, str]] = {}

    def ask(self, guardian: str, room: str, *, can_move: bool = True) -> str | int:
        """Ask for a place and take it."""
        watching = Watching(video=Counter(), stills=Counter(), wishing=Counter())
        for there, mode in self.inside.values():
            (watching.video if mode == "video" else watching.stills)[there] += 1
            watching.wishing[there] += mode == "stills"
        got = self.caps.ask(guardian, room, LIMIT, watching, can_move=can_move)
        if isinstance(got, str):
            self.inside[guardian] = room, got
        return got


def test_a_full_room_gives_stills_before_it_refuses_anybody() -> None:
    house = House()
    assert [house.ask(name, "a") for name in "12345"] == ["video", "video", "stills", "stills", 1]
    assert house.ask("6", "b") == "video"


def test_whoever_came_first_gets_in_first() -> None:
    house = House()
    for name in "1234":
        house.ask(name, "a")
    assert (house.ask("5", "a"), house.ask("6", "a")) == (1, 2)
    del house.inside["4"]
    assert house.ask("6", "a") == 2
    assert house.ask("7", "a") == 3
    assert house.ask("5", "a") == "stills"
    assert house.ask("6", "a") == 1


def test_nobody_overtakes_those_who_wish_for_moving_pictures() -> None:
    house = House()
    for name in "123":
        house.ask(name, "a")
    del house.inside["1"]
    assert house.ask("4", "a") == "stills"


def test_who_waits_for_one_room_holds_up_no_other_room() -> None:
    house = House()
    for name in "12345":
        house.ask(name, "a")
    assert house.ask("6", "b") == "video"


def test_a_place_in_the_line_is_lost_by_not_asking() -> None:
    house = House()
    for name in "123456":
        house.ask(name, "a")
    house.now_s = FORGET_S / 2
    assert house.ask("6", "a") == 2
    house.now_s = FORGET_S + 1
    assert house.ask("6", "a") == 1


def test_a_camera_without_a_small_stream_gives_stills() -> None:
    assert House().ask("1", "a", can_move=False) == "stills"


def test_whoever_wants_another_room_begins_anew_at_the_end_of_its_line() -> None:
    house = House()
    for number in range(8):
        house.ask(f"inside {number}", "ab"[number % 2])
    assert [house.ask("5", "a"), house.ask("6", "b"), house.ask("7", "b")] == [1, 2, 3]
    assert house.ask("5", "b") == 3
    assert (house.ask("6", "b"), house.ask("7", "b")) == (1, 2)
