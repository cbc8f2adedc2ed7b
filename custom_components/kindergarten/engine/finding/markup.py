"""Reads the XML of strangers: no document types, no entities, no namespaces that matter."""

from collections.abc import Iterator
import re
from typing import override
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_FORBIDDEN = re.compile(r"<!(?!--|\[CDATA\[)")
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
LONGEST_NAME = 60
_DEEPEST, _MOST_ELEMENTS = 24, 20_000


class _Bounded(TreeBuilder):
    """Builds what a device could mean: each look through a tree that is deep costs as often as it is deep."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    @override
    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise ValueError("no device says this")
        return super().start(tag, attrs)

    @override
    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def tree(data: bytes) -> Element | None:
    """Return the root of a document, None for anything that is not plain XML."""
    try:
        text = _DECLARATION.sub("", data.decode("utf-8-sig"))
        if _FORBIDDEN.search(text):
            return None
        parser = XMLParser(target=_Bounded())  # noqa: S314 (nothing is declared in it, see above)
        parser.feed(text)
        root: Element = parser.close()
    except UnicodeDecodeError, ParseError, ValueError:
        return None
    return root


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def every(root: Element, name: str) -> Iterator[Element]:
    """Iterate over all elements of a name, however deep."""
    return (each for each in root.iter() if local(each) == name)


def text(root: Element | None, name: str) -> str:
    """Return what stands in the first element of a name, "" without one."""
    found = None if root is None else next(every(root, name), None)
    return "" if found is None or found.text is None else found.text.strip()


def clean(said: str) -> str:
    """Return a name that a device tells, short and without what nobody can see."""
    return " ".join(_HIDDEN.sub(" ", said).replace("<", "").replace(">", "").split())[:LONGEST_NAME].strip()


def number(said: str) -> int | None:
    """Return a small whole number, None for anything else."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else None
