"""Takes in a pasted list of families: first shown, then done; the same list again changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
import sqlite3
from typing import Literal

from . import table
from .errors import PeopleError
from .matching import Action, Correct, Enrol, Link, Matching, NewChild, NewGroup, NewGuardian, Wanted
from .names import clean_language, clean_name, clean_phone
from .register import Register

type Does = Literal["new", "changed", "same"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong in a line (from 1), and in which column.

    Codes: name_missing, name_too_long, phone, language, phone_taken (somebody else's number),
    other_group (the child is in another group; moving is done elsewhere).
    """

    line: int
    code: str
    field: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewRow:
    """A line as it was understood, and whether it brings something new."""

    line: int
    wanted: Wanted
    does: Does


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a list would do. Lines with problems are not in `rows` and are left out."""

    rows: tuple[PreviewRow, ...]
    problems: tuple[Problem, ...]
    new_groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """How much a list has made anew or changed, and what it could not do any more."""

    groups: int
    children: int
    guardians: int
    changed: int
    problems: tuple[Problem, ...]


class Lists(Register):
    """Lists that are pasted, and lists that are written."""

    def preview(self, text: str, day: date) -> Preview:
        """Return what a pasted list would do on a local day; changes nothing.

        Raises PeopleError("too_large").
        """
        wanted: list[tuple[int, Wanted]] = []
        problems: list[Problem] = []
        for line, cells in table.read(text):
            try:
                wanted.append((line, _wanted(cells)))
            except PeopleError as error:
                problems.append(Problem(line=line, code=error.code, field=error.field))
        planned, clashes = self._plan(wanted, day)
        rows = [PreviewRow(line=line, wanted=each, does=_does(actions)) for line, each, actions in planned]
        new = [each.name for _, _, actions in planned for each in actions if isinstance(each, NewGroup)]
        problems = sorted([*problems, *clashes], key=lambda each: each.line)
        return Preview(rows=tuple(rows), problems=tuple(problems), new_groups=tuple(new))

    def apply(self, preview: Preview, day: date) -> Applied:
        """Do what a list asks for from a local day on, all of it or nothing, as far as it still can be."""
        with self._lock:
            planned, problems = self._plan([(row.line, row.wanted) for row in preview.rows], day)
            actions = [each for _, _, line in planned for each in line]
            if actions:
                with self._change() as db:
                    self._act(db, actions, day)
        return Applied(
            groups=_count(actions, NewGroup),
            children=_count(actions, NewChild),
            guardians=_count(actions, NewGuardian),
            changed=_count(actions, Enrol, Link, Correct),
            problems=tuple(problems),
        )

    def export(self, day: date) -> str:
        """Return the list of a local day as a CSV file; reading it in changes nothing."""
        rows = []
        for membership in self.snapshot.memberships.values():
            if membership.until_day is not None and membership.until_day < day:
                continue
            child = self.snapshot.children[membership.child_id]
            group = self.snapshot.groups[membership.group_id]
            for guardian_id in self.snapshot.guardians_of(child.id):
                person = self.snapshot.guardians[guardian_id]
                rows.append((child.name, group.name, person.name, person.phone, person.language))
        return table.write(sorted(rows, key=lambda row: (row[1], row[0], row[2])))

    def _plan(
        self, wanted: Iterable[tuple[int, Wanted]], day: date
    ) -> tuple[list[tuple[int, Wanted, list[Action]]], list[Problem]]:
        matching = Matching(self.snapshot, day)
        planned: list[tuple[int, Wanted, list[Action]]] = []
        problems: list[Problem] = []
        for line, each in wanted:
            try:
                planned.append((line, each, matching.actions(each)))
            except PeopleError as error:
                problems.append(Problem(line=line, code=error.code, field=error.field))
        return planned, problems

    def _act(self, db: sqlite3.Connection, actions: Iterable[Action], day: date) -> None:
        real: dict[str, str] = {}
        for action in actions:
            match action:
                case NewGroup():
                    real[action.id] = self._insert_group(db, action.name)
                case NewChild():
                    real[action.id] = self._insert_child(db, action.name)
                case NewGuardian():
                    real[action.id] = self._insert_guardian(
                        db, action.name, action.phone, action.language, day
                    )
                case Enrol(child_id=child_id, group_id=group_id):
                    ids = real.get(child_id, child_id), real.get(group_id, group_id)
                    self._enrol(db, *ids, day, None)
                case Link(guardian_id=guardian_id, child_id=child_id):
                    pair = real.get(guardian_id, guardian_id), real.get(child_id, child_id)
                    db.execute("INSERT OR IGNORE INTO guardianships VALUES(?, ?)", pair)
                case Correct():
                    self._correct(db, real.get(action.guardian_id, action.guardian_id), action)

    def _correct(self, db: sqlite3.Connection, guardian_id: str, action: Correct) -> None:
        phone = self._cipher.seal("guardians", "phone", guardian_id, action.phone)
        values = (phone, action.language, guardian_id)
        db.execute("UPDATE guardians SET phone = ?, language = ? WHERE id = ?", values)


def _wanted(cells: dict[str, str]) -> Wanted:
    """Return a line's cells as they are meant. Raises PeopleError with the column as its field."""
    language = cells.get("language", "")
    return Wanted(
        child=clean_name(cells.get("child", ""), "child"),
        group=clean_name(cells.get("group", ""), "group"),
        guardian=clean_name(cells.get("guardian", ""), "guardian"),
        phone=clean_phone(cells.get("phone", "")),
        language=clean_language(language) if language.strip() else None,
    )


def _does(actions: list[Action]) -> Does:
    if any(isinstance(each, NewGroup | NewChild | NewGuardian) for each in actions):
        return "new"
    return "changed" if actions else "same"


def _count(actions: list[Action], *kinds: type[Action]) -> int:
    return sum(isinstance(each, kinds) for each in actions)
