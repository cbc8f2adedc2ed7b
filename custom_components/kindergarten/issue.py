"""One thing that a person has to mend."""

from dataclasses import dataclass, field

from homeassistant.helpers import issue_registry as ir


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One thing to mend; `data` leads its fix to where it is mended."""

    issue_id: str
    key: str
    severity: ir.IssueSeverity = ir.IssueSeverity.ERROR
    placeholders: dict[str, str] = field(default_factory=dict)
    data: dict[str, str | int | float | None] | None = None
