"""What a task may end with, and what its button says.

A design lists outcomes as `agree,return` or with a label of its own, `pass=通过`. The first
is the primary one. Returning outcomes always ask for an opinion: whoever gets the work
back must be told why.
"""

from dataclasses import dataclass

from flask_babel import gettext

from sanwei_flow.errors import N_

LABELS = {
    "accept": N_("签收"),
    "object": N_("提出异议"),
    "submit": N_("提交"),
    "agree": N_("同意"),
    "return": N_("退回"),
    "confirm": N_("确认"),
    "uphold": N_("维持原分工"),
    "reassign": N_("改派"),
    "return_units": N_("退回配合单位"),
    "conclude": N_("办结"),
    "reject": N_("不同意"),
    "answer": N_("答复"),
    "acknowledge": N_("已阅"),
    "reply": N_("回复"),
    "explain": N_("说明理由"),
}
#: Labels of their own in the designs we ship; what others write stays as they wrote it.
OWN_LABELS = (
    N_("退回牵头单位"),
    N_("已整改"),
    N_("未整改"),
    N_("报请验收"),
    N_("退回单位重报"),
    N_("通过验收"),
)


@dataclass(frozen=True)
class Outcome:
    """One way out of a task: its name in conditions, and what its design calls it, if anything."""

    name: str
    own: str = ""
    primary: bool = False

    @property
    def label(self) -> str:
        """The button's text in the reader's language."""
        return (gettext(self.own) if self.own in OWN_LABELS else self.own) or label(self.name)

    @property
    def returns(self) -> bool:
        """True if it sends work back, so that the opinion is required."""
        return returns(self.name)


def returns(name: str) -> bool:
    return name == "return" or name.startswith("return_")


def needs_opinion(name: str) -> bool:
    """True where whoever gets the answer must be told why: work sent back, a request refused."""
    return returns(name) or name == "reject"


def label(name: str) -> str:
    """The button's text in the reader's language; an unknown name stands for itself."""
    return gettext(LABELS[name]) if name in LABELS else name


def parse(setting: str | None) -> list[Outcome]:
    """Read the `outcomes` setting of a user task; without one the task is simply submitted."""
    found = []
    for place, part in enumerate(p.strip() for p in (setting or "submit").split(",") if p.strip()):
        name, _, own = part.partition("=")
        found.append(Outcome(name.strip(), own.strip(), place == 0))
    return found
