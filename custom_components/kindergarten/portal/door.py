"""The places at the door: whoever takes many of them makes room for others."""

from collections import Counter
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from ..engine.people.errors import PeopleError
from ..engine.people.people import People
from ..engine.people.records import Pairing

if TYPE_CHECKING:
    from ..families import Families

_TURNED_AWAY: Final = "door"


class Door:
    """Remembers from which network each phone at the door came; in memory only, while it waits.

    The door stands open on the internet, so a stranger could take all its places. When they are
    taken, the newest phone of the network that has most of them goes, if somebody else wants in.
    """

    def __init__(self) -> None:
        """Begin with nobody at the door."""
        self._networks: dict[str, str] = {}

    async def begin(self, families: Families, label: str, remote: str | None) -> Pairing:
        """Let a phone wait at the door; raises PeopleError: no_window, busy."""
        network = network_of(remote)
        try:
            pairing = await families.do(People.begin, label)
        except PeopleError as error:
            if error.code != "busy" or not await self._make_room(families, network):
                raise
            pairing = await families.do(People.begin, label)
        self._networks[pairing.id] = network
        return pairing

    async def _make_room(self, families: Families, network: str) -> bool:
        """Turn one phone of the crowd away; return whether there is a crowd that is not one's own."""
        waiting = [each.id for each in await families.do(People.pending)]
        self._networks = {each: self._networks[each] for each in waiting if each in self._networks}
        crowds = Counter(self._networks.values())
        crowd, most = crowds.most_common(1)[0] if crowds else (network, 0)
        if crowd == network or most <= crowds[network] + 1:
            return False
        newest = next(each for each in reversed(waiting) if self._networks.get(each) == crowd)
        await families.do(People.refuse, newest, _TURNED_AWAY)
        return True


def network_of(remote: str | None) -> str:
    """Return whose address it is: IPv6 gives everybody 64 bits of addresses."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return "?"
    if isinstance(address, IPv6Address):
        return address.exploded[:19]
    return str(address)
