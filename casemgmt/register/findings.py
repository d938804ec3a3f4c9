"""What `casemgmt check` finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """An invariant is broken, or data is doubtful."""

    INVARIANT = "invariant"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: `code` names the rule, `sentence` says it in Vietnamese, `subjects` are the
    codes of the households (or other things) that it is about."""

    severity: Severity
    code: str
    sentence: str
    subjects: tuple[str, ...] = ()

    @property
    def is_invariant(self) -> bool:
        """Whether an invariant is broken."""
        return self.severity is Severity.INVARIANT


def invariant(code: str, sentence: str, *subjects: str) -> Finding:
    """A finding that an invariant is broken."""
    return Finding(Severity.INVARIANT, code, sentence, subjects)


def doubt(code: str, sentence: str, *subjects: str) -> Finding:
    """A finding that data is doubtful."""
    return Finding(Severity.DOUBT, code, sentence, subjects)


def as_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """Findings as plain data for `--format json`."""
    return {
        "findings": [
            {
                "severity": finding.severity.value,
                "code": finding.code,
                "message": finding.sentence,
                "subjects": list(finding.subjects),
            }
            for finding in findings
        ]
    }
