"""Checks files that no other tool looks at: JSON parses, scripts are shell, nothing leaks the machine."""

import json
from pathlib import Path
import shutil
import subprocess
import sys

ROOT = Path(__file__).parents[1]
PRIVATE = ("/work/", "/root/", "deb.debian.org", "pypi.org/simple", "registry.npmjs")
MANIFEST_FIRST = ["domain", "name"]


def tracked() -> list[Path]:
    """Return the files that belong to the project."""
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def check_json(path: Path) -> str | None:
    """Return what is wrong with a JSON file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as err:
        return str(err)
    if path.name == "manifest.json" and list(data) != (
        MANIFEST_FIRST + sorted(key for key in data if key not in MANIFEST_FIRST)
    ):
        return "keys must be domain, name, then the rest by alphabet"
    return None


def check_script(path: Path) -> str | None:
    """Return what is wrong with a shell script or a front-end module."""
    command = ["bash", "-n"] if path.suffix != ".js" else [shutil.which("node") or "node", "--check"]
    if path.suffix == ".js" and not shutil.which("node"):
        return None
    result = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    return result.stderr.strip() or None


def problems() -> list[str]:
    """Return a line for everything that is wrong."""
    found = []
    for path in tracked():
        name = path.relative_to(ROOT)
        data = path.read_bytes()
        if b"\0" in data[:4096]:
            continue
        text = data.decode("utf-8", "replace")
        wrong = None
        if path.suffix == ".json":
            wrong = check_json(path)
        elif text.startswith("#!/usr/bin/env bash") or path.suffix == ".js":
            wrong = check_script(path)
        if wrong:
            found.append(f"{name}: {wrong}")
        if path != Path(__file__):
            found += [
                f"{name}: names this machine or a registry ({word})" for word in PRIVATE if word in text
            ]
    return found


if __name__ == "__main__":
    lines = problems()
    print("\n".join(lines) or "files: ok")
    sys.exit(bool(lines))
