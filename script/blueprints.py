"""Writes the blueprints, one file for each language, from the sources that hold both.

In a source `⟦English ¦ Russian⟧` becomes one of the two, and `@name` the lines of `_name.yaml`.
They are written twice: to be imported by a link, and to be installed with the integration.
`--check` writes nothing and fails when a file is not as it should be.
"""

from pathlib import Path
import re
import sys
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = ROOT / "blueprints/source"
TARGETS: Final = (
    ROOT / "blueprints/automation/kindergarten",
    ROOT / "custom_components/kindergarten/blueprints",
)
LINK: Final = (
    "https://github.com/kindergarten-cameras/kindergarten-cameras"
    "/blob/main/blueprints/automation/kindergarten/"
)
ENDINGS: Final = ("", ".ru")
"""What the names end in, in the order of the languages in a text."""

_TEXT: Final = re.compile(r"⟦(.*?) ¦ (.*?)⟧", re.DOTALL)
_PART: Final = re.compile(r"^( *)(- )?(?:(\w+): )?@(\w+)$")


def with_parts(text: str, source_url: str) -> str:
    """Return a source with its shared parts put in, each at the depth of the line that names it."""
    lines: list[str] = []
    for line in text.splitlines():
        found = _PART.match(line)
        if not found:
            lines.append(line)
            continue
        depth, item, key, name = found.groups()
        if name == "source_url":
            lines.append(f"{depth}{key}: {source_url}")
            continue
        part = with_parts((SOURCES / f"_{name}.yaml").read_text(encoding="utf-8"), source_url).splitlines()
        if key and len(part) == 1:
            lines.append(f"{depth}{key}: {part[0]}")
            continue
        if key:
            lines.append(f"{depth}{key}:")
        below = f"{depth}  " if key else depth
        assert not item or part[0].startswith("- "), f"{name} is no list"
        lines += [f"{below}{each}" if each else "" for each in part]
    return "\n".join(lines) + "\n"


def blueprints() -> dict[str, str]:
    """Return the text of every blueprint by its file's name."""
    found: dict[str, str] = {}
    for source in sorted(SOURCES.glob("[!_]*.yaml")):
        for number, ending in enumerate(ENDINGS, 1):
            name = f"{source.stem}{ending}.yaml"
            text = with_parts(source.read_text(encoding="utf-8"), LINK + name)
            found[name] = _TEXT.sub(rf"\{number}", text)
    return found


def main() -> int:
    """Write what is not as it should be; return how many files that were when only checking."""
    wanted, wrong = blueprints(), 0
    for folder in TARGETS:
        there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}
        for name in sorted(wanted.keys() | there.keys()):
            if wanted.get(name) == there.get(name):
                continue
            wrong += 1
            path = folder / name
            print(path.relative_to(ROOT))
            if "--check" in sys.argv:
                continue
            if name in wanted:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(wanted[name], encoding="utf-8")
            else:
                path.unlink()
    return min(wrong, 1) if "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
