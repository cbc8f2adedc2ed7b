"""What is known of brands: how they show themselves, and where their streams are.

Relabels answer as their maker does: HiWatch, Annke and LTS as Hikvision; Amcrest, Lorex and Imou as Dahua.
"""

from dataclasses import dataclass
import re
from typing import Literal

type Listing = Literal["isapi", "cgi", "lapi"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Where streams are. `{n}` is the channel, counted from one; without it there is only one channel."""

    main: str
    sub: str | None = None

    @property
    def counts(self) -> bool:
        """Return whether a device may have several channels in this layout."""
        return "{n" in self.main

    def paths(self, channel: int) -> tuple[str, str | None]:
        """Return the paths of a channel."""
        main = self.main.format(n=channel, nn=f"{channel:02d}")
        return main, self.sub and self.sub.format(n=channel, nn=f"{channel:02d}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """A brand. `marks` are looked for in realms, server names and certificates, `makers` in what devices say.

    `twin` is a brand whose devices introduce themselves as this one's do.
    """

    key: str
    marks: re.Pattern[str]
    makers: re.Pattern[str]
    layouts: tuple[Layout, ...]
    listing: Listing | None = None
    twin: str = ""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


BRANDS = (
    Brand(
        key="ezviz",
        marks=_any(r"ezviz"),
        makers=_any(r"ezviz", r"^CS-[A-Z]"),
        layouts=(
            Layout(main="/Streaming/Channels/{n}01", sub="/Streaming/Channels/{n}02"),
            Layout(main="/h264_stream"),
            Layout(main="/H.264"),
            Layout(main="/ch1/main", sub="/ch1/sub"),
        ),
        listing="isapi",
    ),
    Brand(
        key="hikvision",
        marks=_any(
            r"^IP Camera\(\w+\)$", r"^Embedded Net [DN]VR$", r"hikvision", r"^i?DS-\w", r"^DNVRS-Webs"
        ),
        makers=_any(r"hikvision", r"hiwatch", r"annke", r"\blts\b"),
        layouts=(
            Layout(main="/Streaming/Channels/{n}01", sub="/Streaming/Channels/{n}02"),
            Layout(main="/h264/ch{n}/main/av_stream", sub="/h264/ch{n}/sub/av_stream"),
        ),
        listing="isapi",
        twin="ezviz",
    ),
    Brand(
        key="dahua",
        marks=_any(r"^Login to \w+$", r"^Rtsp Server/\d", r"dahua"),
        makers=_any(r"dahua", r"amcrest", r"lorex", r"\bimou\b"),
        layouts=(
            Layout(
                main="/cam/realmonitor?channel={n}&subtype=0", sub="/cam/realmonitor?channel={n}&subtype=1"
            ),
        ),
        listing="cgi",
    ),
    Brand(
        key="uniview",
        marks=_any(r"^[0-9a-f]{12}$", r"^NVRDVR$", r"uniview"),
        makers=_any(r"uniview", r"\bunv\b"),
        layouts=(
            Layout(main="/unicast/c{n}/s0/live", sub="/unicast/c{n}/s1/live"),
            Layout(main="/media/video1", sub="/media/video2"),
        ),
        listing="lapi",
    ),
    Brand(
        key="reolink",
        marks=_any(r"^BC Streaming Media", r"reolink"),
        makers=_any(r"reolink"),
        layouts=(
            Layout(main="/h264Preview_{nn}_main", sub="/h264Preview_{nn}_sub"),
            Layout(main="/Preview_{nn}_main", sub="/Preview_{nn}_sub"),
            Layout(main="/h265Preview_{nn}_main", sub="/h264Preview_{nn}_sub"),
        ),
    ),
    Brand(
        key="tapo",
        marks=_any(r"^TP-LINK IP-Camera", r"^TP-LINK RTSP"),
        makers=_any(r"tp-?link", r"tapo", r"vigi"),
        layouts=(Layout(main="/stream1", sub="/stream2"),),
    ),
)

GENERIC = (
    *dict.fromkeys(layout for brand in BRANDS for layout in brand.layouts[:1]),
    Layout(main="/media/video1", sub="/media/video2"),
    Layout(main="/h264_stream"),
    Layout(main="/live/main", sub="/live/sub"),
    Layout(main="/main", sub="/sub"),
    Layout(main="/live"),
    Layout(main="/11", sub="/12"),
    Layout(main="/onvif1", sub="/onvif2"),
)
"""What is tried at a device that nobody knows."""


def recognised(*said: str) -> Brand | None:
    """Return the brand that a device's realms and server names belong to."""
    return next((brand for brand in BRANDS if any(brand.marks.search(each) for each in said if each)), None)


def made_by(*said: str) -> Brand | None:
    """Return the brand of a manufacturer or model as a device names it."""
    return next((brand for brand in BRANDS if any(brand.makers.search(each) for each in said)), None)


def twin_of(brand: Brand) -> Brand | None:
    """Return the brand that cannot be told from another by how its devices introduce themselves."""
    return next((each for each in BRANDS if each.key == brand.twin), None)
