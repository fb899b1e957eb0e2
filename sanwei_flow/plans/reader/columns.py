"""Which column of a table is what: by its header's words, in any order."""

import re
from dataclasses import dataclass

from .chinese import clean

_MORE = r"(?:及.{0,8}|[（(/].{0,10})?"
_ROLES = (
    ("no", re.compile(r"序号?|编号|序列号?|[Nn][Oo]\.?|项次")),
    (
        "due",
        re.compile(
            r".{0,4}(?:时限|期限)(?:要求)?|.{0,4}完成(?:时间|日期)(?:节点|要求)?|"
            r"时间(?:节点|要求|安排)|截止(?:时间|日期)|时限要求|进度安排"
        ),
    ),
    ("person", re.compile(r".{0,4}(?:领导|责任人|联系人|负责人|联系方式|电话|备注|说明)")),
    (
        "cooperating",
        re.compile(r".{0,4}(?:配合|协办|协同|协作|参与|参加|协助)(?:责任)?(?:单位|部门)?" + _MORE),
    ),
    (
        "lead",
        re.compile(r".{0,4}(?:牵头|主办|主责|主管|承办|负责)(?:责任)?(?:单位|部门)?" + _MORE),
    ),
    (
        "responsible",
        re.compile(r".{0,4}(?:责任|落实|实施)(?:单位|部门|主体)" + _MORE + "|责任分工"),
    ),
    (
        "goal",
        re.compile(r"(?:年度|预期|主要|量化|考核|绩效|\d{4}年)?(?:目标值?|指标)|目标成效|预期成效"),
    ),
)
# Words for what is to be done, the most concrete first.
_TEXTS = (
    re.compile(
        r"(?:工作|具体|任务|主要|重点|建设|目标)?(?:内容|举措|措施)|(?:工作|具体|分解)任务|任务分解|细化.{0,4}"
    ),
    re.compile(
        r"(?:重点|主要|目标|年度|改革|工作)?(?:任务|工作)(?:名称|事项|要点|要求|及要求)?|工作目标|目标要求"
    ),
    re.compile(r"(?:重点|督办|工作|主要|改革)?事项|工作要点|项目内容"),
    re.compile(r"(?:项目)?名称|项目|清单内容"),
    re.compile(r".{0,4}(?:类别|类型|分类|板块|领域|方面|专题|大类)"),
)
_CATEGORY_LIKE = re.compile(r".{0,4}(?:类别|类型|分类|板块|领域|方面|专题|大类)|名称")
_HEADER_WIDTH = 20


@dataclass(frozen=True)
class Columns:
    """Column numbers by role; None where the table has no such column."""

    task: int
    no: int | None = None
    category: int | None = None
    item: int | None = None
    lead: int | None = None
    cooperating: tuple[int, ...] = ()
    due: int | None = None
    goal: int | None = None  # figures stated apart from the task
    names: tuple[str, ...] = ()
    responsible_helps: bool = False  # 责任单位 beside 牵头单位: it names those who take part

    @property
    def width(self) -> int:
        return len(self.names)

    @property
    def lead_label(self) -> str:
        return self.names[self.lead] if self.lead is not None else ""

    @property
    def labels(self) -> dict[str, str]:
        """The document's own words for the heading columns."""
        columns = (("category", self.category), ("item", self.item))
        return {side: self.names[index] for side, index in columns if index is not None}

    @property
    def divides(self) -> bool:
        """Whether the table says who does what, or by when."""
        return self.lead is not None or bool(self.cooperating) or self.due is not None


def recognise(header: list[str]) -> Columns | None:
    """The columns a header row names, or None when the row is no header."""
    names = [clean(name) for name in header]
    roles = [_role(name) for name in names]
    ranks = [_rank(name, role) for name, role in zip(names, roles, strict=True)]
    texts = [(rank, i) for i, rank in enumerate(ranks) if rank is not None]
    named = {role: i for i, role in reversed(list(enumerate(roles))) if role}
    if not texts or not named.keys() - {"person", "goal"}:
        return None
    task = min(texts, key=lambda found: (found[0], -found[1]))[1]
    broadest_first = sorted((-rank, i) for rank, i in texts if i != task)
    category, item = _headings(names, [i for _, i in broadest_first])
    lead, others = _leads(named, roles)
    return Columns(
        task=task,
        no=named.get("no"),
        category=category,
        item=item,
        lead=lead,
        cooperating=others,
        due=named.get("due"),
        goal=named.get("goal"),
        names=tuple(names),
        responsible_helps="lead" in named and "responsible" in named,
    )


def _role(name: str) -> str | None:
    if not name or len(name) > _HEADER_WIDTH:
        return None
    return next((role for role, pattern in _ROLES if pattern.fullmatch(name)), None)


def _rank(name: str, role: str | None) -> int | None:
    if role or not name or len(name) > _HEADER_WIDTH:
        return None
    return next((rank for rank, pattern in enumerate(_TEXTS) if pattern.fullmatch(name)), None)


def _headings(names: list[str], others: list[int]) -> tuple[int | None, int | None]:
    """Category and item among the other text columns, given the broadest first."""
    if len(others) >= 2:
        return others[0], others[1]
    if not others:
        return None, None
    only = others[0]
    return (only, None) if _CATEGORY_LIKE.fullmatch(names[only]) else (None, only)


def _leads(named: dict[str, int], roles: list[str | None]) -> tuple[int | None, tuple[int, ...]]:
    """责任单位 leads, unless a 牵头单位 stands beside it: then it names those who take part."""
    cooperating = tuple(i for i, role in enumerate(roles) if role == "cooperating")
    if "lead" not in named:
        return named.get("responsible"), cooperating
    beside = tuple(i for i, role in enumerate(roles) if role == "responsible")
    return named["lead"], beside + cooperating
