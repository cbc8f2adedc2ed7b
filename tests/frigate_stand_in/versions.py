"""What a version of Frigate does otherwise than the next: one place, asked by every route."""

from dataclasses import dataclass

KNOWN = {
    "0.15": "0.15.2-91544ac",
    "0.16": "0.16.4-2aa9b63",
    "0.17": "0.17.2-5f4d1c0",
    "0.18": "0.18.0-9c1b7e2",
    "0.19": "0.19.0-1d2e3f4",
}
"""The full answer of `/api/version` for a short name; any full version may be given instead."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of Frigate; `text` is what `/api/version` says."""

    text: str

    @classmethod
    def named(cls, name: str) -> Version:
        """Return a version by its short name ("0.17") or in full ("0.17.1-abc")."""
        return cls(text=KNOWN.get(name, name if "-" in name else f"{name}-0000000"))

    @property
    def number(self) -> tuple[int, ...]:
        """Return (0, 17, 2)."""
        return tuple(int(part) for part in self.text.partition("-")[0].split("."))

    def at_least(self, *number: int) -> bool:
        """Tell whether this is the given version or newer."""
        return self.number >= number

    @property
    def config(self) -> str:
        """Return what the configuration's own `version` says."""
        return f"{self.number[0]}.{self.number[1]}-0"

    @property
    def roles(self) -> bool:
        """Tell whether there are `admin` and `viewer`; before, any login may do everything."""
        return self.at_least(0, 16)

    @property
    def custom_roles(self) -> bool:
        """Tell whether a role can be limited to cameras."""
        return self.at_least(0, 17)

    @property
    def continuous(self) -> bool:
        """Tell whether retention is `continuous`/`motion`, and no more `retain`."""
        return self.at_least(0, 17)

    @property
    def cache_knows_roles(self) -> bool:
        """Tell whether a cached answer is only for the role that asked (#23261)."""
        return self.at_least(0, 17, 2)

    @property
    def media_by_role(self) -> bool:
        """Tell whether static files and live streams are refused to foreign roles."""
        return self.at_least(0, 18)

    @property
    def jobs(self) -> bool:
        """Tell whether exports are queued jobs in cases."""
        return self.at_least(0, 18)

    @property
    def toggles_survive(self) -> bool:
        """Tell whether a recording switched off stays off over a restart, and is told truly."""
        return self.at_least(0, 18)

    @property
    def fmp4(self) -> bool:
        """Tell whether HLS is fragmented MP4, MPEG-TS before."""
        return self.at_least(0, 17)
