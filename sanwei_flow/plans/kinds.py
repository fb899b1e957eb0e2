"""Kinds of findings, so that a person may go through them kind by kind."""

from collections.abc import Iterable
from dataclasses import dataclass

from sanwei_flow.errors import N_
from sanwei_flow.plans.models import Finding

#: Beginnings and whole codes of findings, by what they are about; the first match counts.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("阶段和时限"), ("phase", "due", "no_due", "no_doc_date")),
    (
        N_("指标和数字"),
        ("target", "figure", "measure", "operator", "wording", "task_without_target"),
    ),
    (
        N_("分工对照"),
        ("lead_", "cooperating_", "several_", "item_", "major_", "row", "responsible_", "table_"),
    ),
    (N_("单位名称"), ("collective", "similar", "generic", "short", "unit", "member", "open_ended")),
)
OTHERS = N_("文字和格式")


@dataclass(frozen=True)
class Group:
    """Findings of one kind; `waiting` of them have no answer yet."""

    name: str
    findings: list[Finding]

    @property
    def waiting(self) -> int:
        return sum(one.settled_at is None for one in self.findings)

    @property
    def codes(self) -> list[str]:
        return sorted({one.code for one in self.findings})


def kind_of(code: str) -> str:
    """What a finding is about, in words."""
    return next((name for name, starts in KINDS if code.startswith(starts)), OTHERS)


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The findings by kind, in the order of KINDS; kinds without findings are left out."""
    groups = {name: Group(name, []) for name, _ in KINDS} | {OTHERS: Group(OTHERS, [])}
    for finding in findings:
        groups[kind_of(finding.code)].findings.append(finding)
    return [group for group in groups.values() if group.findings]
