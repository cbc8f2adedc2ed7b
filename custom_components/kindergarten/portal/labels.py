"""What a phone is called in the lists of phones: its kind and its browser, no more than that."""

from typing import Final

_KINDS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
# In this order: most browsers call themselves by older names as well.
_BROWSERS: Final = (
    ("YaBrowser", "Yandex"),
    ("SamsungBrowser", "Samsung Internet"),
    ("MiuiBrowser", "Mi Browser"),
    ("OPR/", "Opera"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def label_of(user_agent: str) -> str:
    """Return a name made of our own words alone, whatever the browser sent."""
    found = (
        next((word for sign, word in table if sign in user_agent), None) for table in (_KINDS, _BROWSERS)
    )
    return " · ".join(word for word in found if word) or "?"
