"""All that can be done with people, in one place."""

from .consents import Consents
from .days import Days
from .handoff import Handoffs
from .invitations import Invitations
from .leaving import Leaving
from .listing import Lists
from .pairing import Pairings
from .viewings import Viewings


class People(Lists, Consents, Invitations, Pairings, Handoffs, Days, Viewings, Leaving):
    """The families of one kindergarten. `open` it, change it, look at its `snapshot`.

    Every method commits before it returns, and raises PeopleError when it cannot.
    """
