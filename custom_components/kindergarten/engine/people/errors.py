"""What can be wrong with people, by codes that others translate."""

from ..errors import EngineError


class PeopleError(EngineError):
    """A change of people that cannot be carried out.

    `field` is the part of the form that is to blame. Codes: unknown, name_missing, name_too_long,
    name_taken, phone, phone_taken, language, other_group, days_order, in_use, blocked, too_many,
    too_long, too_large, past, future, own_child, state, relative, outdated, no_window, busy,
    too_many_devices. Of the file itself: key_missing, key_wrong, key_damaged, damaged, newer, locked,
    storage.
    """

    def __init__(self, code: str, field: str | None = None) -> None:
        """Say what is wrong and where; never with what somebody typed."""
        super().__init__(code, f"people: {code}", field)


class RedeemError(PeopleError):
    """A way in that does not open.

    Codes: not_valid (unknown, used, expired and dead alike), wrong_code, other_guardian,
    too_many_devices. `tries_left` is how often a code may still be tried.
    """

    def __init__(self, code: str, tries_left: int | None = None) -> None:
        """Say why, and how often it may be tried again."""
        super().__init__(code)
        self.tries_left = tries_left
