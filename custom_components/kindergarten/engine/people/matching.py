"""Finds out who of a list is known already. Never takes two people for one without their phone number."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from .errors import PeopleError
from .names import same
from .records import Language
from .snapshot import Snapshot

DEFAULT_LANGUAGE: Final[Language] = "ru"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One line: this guardian is to be one of this child in this group. "" is no phone, None no word."""

    child: str
    group: str
    guardian: str
    phone: str
    language: Language | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewGroup:
    """A group to be made; ids of what is to be made are only for this plan."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewChild:
    """A child to be made."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewGuardian:
    """A guardian to be made."""

    id: str
    name: str
    phone: str
    language: Language


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrol:
    """A child comes into a group."""

    child_id: str
    group_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A guardian becomes one of a child's."""

    guardian_id: str
    child_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Correct:
    """A guardian has another phone number or language."""

    guardian_id: str
    phone: str
    language: Language


type Action = NewGroup | NewChild | NewGuardian | Enrol | Link | Correct


@dataclass
class _Person:
    id: str
    name: str
    phone: str
    language: Language


@dataclass
class Matching:
    """What is known, and what the lines so far have added to it."""

    snapshot: Snapshot
    day: date
    _groups: dict[str, str] = field(default_factory=dict)
    _children: dict[tuple[str, str], str] = field(default_factory=dict)
    _guardians: dict[str, list[_Person]] = field(default_factory=dict)
    _by_phone: dict[str, _Person] = field(default_factory=dict)
    _made: int = 0

    def __post_init__(self) -> None:
        """Look at who is there."""
        self._groups = {same(each.name): each.id for each in self.snapshot.groups.values()}
        people = {
            each.id: _Person(each.id, each.name, each.phone, each.language)
            for each in self.snapshot.guardians.values()
        }
        self._by_phone = {each.phone: each for each in people.values() if each.phone}
        for child in self.snapshot.children.values():
            self._guardians[child.id] = [people[each] for each in self.snapshot.guardians_of(child.id)]
            for group_id in self._present_groups(child.id):
                self._children[same(child.name), group_id] = child.id

    def actions(self, wanted: Wanted) -> list[Action]:
        """Return what a line asks for beyond what is there. Raises PeopleError: phone_taken, other_group."""
        owner = self._by_phone.get(wanted.phone) if wanted.phone else None
        if owner is not None and same(owner.name) != same(wanted.guardian):
            raise PeopleError("phone_taken", "phone")
        actions: list[Action] = []
        group_id = self._groups.get(same(wanted.group))
        child_id = self._child(wanted, group_id, owner)
        if group_id is None:
            group_id = self._groups[same(wanted.group)] = self._new_id()
            actions.append(NewGroup(id=group_id, name=wanted.group))
        if child_id is None:
            child_id = self._new_id()
            actions.append(NewChild(id=child_id, name=wanted.child))
        if (same(wanted.child), group_id) not in self._children:
            self._children[same(wanted.child), group_id] = child_id
            actions.append(Enrol(child_id=child_id, group_id=group_id))
        return actions + self._guardian(wanted, child_id, owner)

    def _child(self, wanted: Wanted, group_id: str | None, owner: _Person | None) -> str | None:
        """Return the child that is meant: one of that name in the group, or of that guardian."""
        if group_id is not None and (found := self._children.get((same(wanted.child), group_id))):
            return found
        if owner is None:
            return None
        for child_id in self.snapshot.children_of(owner.id):
            if same(self.snapshot.children[child_id].name) == same(wanted.child):
                if self._present_groups(child_id):
                    raise PeopleError("other_group", "group")
                return child_id
        return None

    def _guardian(self, wanted: Wanted, child_id: str, owner: _Person | None) -> list[Action]:
        theirs = self._guardians.setdefault(child_id, [])
        person = owner or next((each for each in theirs if same(each.name) == same(wanted.guardian)), None)
        if person is None:
            language = wanted.language or DEFAULT_LANGUAGE
            person = _Person(self._new_id(), wanted.guardian, wanted.phone, language)
            theirs.append(person)
            self._remember(person)
            made = NewGuardian(id=person.id, name=person.name, phone=person.phone, language=language)
            return [made, Link(guardian_id=person.id, child_id=child_id)]
        actions: list[Action] = []
        if person not in theirs:
            theirs.append(person)
            actions.append(Link(guardian_id=person.id, child_id=child_id))
        phone, language = wanted.phone or person.phone, wanted.language or person.language
        if (phone, language) != (person.phone, person.language):
            person.phone, person.language = phone, language
            self._remember(person)
            actions.append(Correct(guardian_id=person.id, phone=phone, language=language))
        return actions

    def _remember(self, person: _Person) -> None:
        if person.phone:
            self._by_phone[person.phone] = person

    def _present_groups(self, child_id: str) -> list[str]:
        return [
            each.group_id
            for each in self.snapshot.memberships_of(child_id)
            if each.until_day is None or each.until_day >= self.day
        ]

    def _new_id(self) -> str:
        self._made += 1
        return f"new {self._made}"
