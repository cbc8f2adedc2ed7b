"""What counts as a refused login, and what does not."""

import pytest

from kindergarten_engine.finding.tally import MOST, CountedLogin, Tally

_FIRST = 'Digest realm="r", nonce="1"'
_SECOND = 'Digest realm="r", nonce="2"'


@pytest.fixture
def tally() -> Tally:
    """No refusal yet."""
    return Tally()


@pytest.fixture
def proved(tally: Tally) -> CountedLogin:
    """A login that the device took once."""
    login = CountedLogin("admin", "secret", lambda size: "ab" * size, tally)
    assert login.header("DESCRIBE", "/1") is None
    assert login.asked([_FIRST])
    assert login.header("DESCRIBE", "/1")
    login.accepted()
    return login


def test_nonce_that_ran_out_is_no_refusal_once_the_same_login_is_taken(
    tally: Tally, proved: CountedLogin
) -> None:
    for nonce in (_SECOND, _FIRST, _SECOND):
        proved.header("DESCRIBE", "/2")
        assert proved.asked([nonce])
        proved.header("DESCRIBE", "/2")
        proved.accepted()
    assert tally.refused == 0


def test_login_that_is_refused_with_a_new_nonce_too_counts_twice(tally: Tally, proved: CountedLogin) -> None:
    proved.header("DESCRIBE", "/2")
    assert proved.asked([_SECOND])
    proved.header("DESCRIBE", "/2")
    assert not proved.asked([_FIRST])
    assert (tally.refused, tally.open) == (MOST, False)


def test_login_is_not_begun_once_others_were_refused(tally: Tally) -> None:
    for _ in range(MOST):
        tally.refuse()
    assert not CountedLogin("admin", "secret", lambda size: "ab" * size, tally).asked([_FIRST])


def test_request_without_an_answer_counts_until_the_login_was_taken(
    tally: Tally, proved: CountedLogin
) -> None:
    proved.header("DESCRIBE", "/2")
    proved.turned_away()
    assert tally.refused == 0
    stranger = CountedLogin("admin", "secret", lambda size: "ab" * size, tally)
    stranger.asked([_FIRST])
    stranger.header("DESCRIBE", "/1")
    stranger.turned_away()
    assert tally.refused == 1
