"""What the soak found: promises that held or not, and figures."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One promise or figure; `held` is None where nothing is promised."""

    part: str
    what: str
    figure: str
    held: bool | None


@dataclass
class Report:
    """Collects findings, and prints them as they come."""

    findings: list[Finding] = field(default_factory=list)
    part: str = ""

    def begin(self, part: str) -> None:
        """Begin a part."""
        self.part = part
        print(f"\n{part}", flush=True)

    def check(self, what: str, held: object, figure: object = "") -> None:
        """Note whether a promise held."""
        self._add(what, figure, bool(held))

    def figure(self, what: str, figure: object) -> None:
        """Note how much something was."""
        self._add(what, figure, None)

    def _add(self, what: str, figure: object, held: bool | None) -> None:
        mark = "      " if held is None else "held  " if held else "BROKEN"
        self.findings.append(Finding(self.part, what, str(figure), held))
        print(f"  {mark}  {what:<78} {figure}", flush=True)

    @property
    def broken(self) -> int:
        """Return how many promises did not hold."""
        return sum(finding.held is False for finding in self.findings)

    def as_list(self) -> list[dict[str, Any]]:
        """Return everything, for JSON."""
        return [asdict(finding) for finding in self.findings]
