"""The columns of the ledger, in the order in which counties keep them."""

from dataclasses import dataclass

from sanwei_flow.errors import N_


@dataclass(frozen=True)
class Column:
    """`name` is the attribute of `ledger.Entry`; `label` a msgid.

    `kind` is text, number, date or moment; `width` is in characters of the exported sheet.
    `usual`: shown to somebody who has chosen nothing.
    """

    name: str
    label: str
    kind: str = "text"
    width: int = 12
    usual: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("no", N_("序号"), "number", 6, usual=True),
    Column("code", N_("编号"), width=10),
    Column("source", N_("来源"), width=24),
    Column("category", N_("类别"), width=16, usual=True),
    Column("item", N_("事项"), width=16, usual=True),
    Column("task", N_("工作任务"), width=48, usual=True),
    Column("targets", N_("量化指标"), width=28),
    Column("lead", N_("牵头单位"), width=16, usual=True),
    Column("cooperating", N_("配合单位"), width=24, usual=True),
    Column("leader", N_("责任领导"), width=10),
    Column("handler", N_("承办人"), width=10),
    Column("dispatched", N_("交办时间"), "moment", 12),
    Column("signed", N_("签收时间"), "moment", 12),
    Column("first_due", N_("原定时限"), "date", 12),
    Column("due", N_("完成时限"), "date", 12, usual=True),
    Column("progress", N_("最新进展"), width=32, usual=True),
    Column("share", N_("完成率（%）"), "number", 8),
    Column("problems", N_("存在问题"), width=24),
    Column("next_steps", N_("下一步措施"), width=24),
    Column("light", N_("亮灯"), width=16, usual=True),
    Column("status", N_("状态"), width=12, usual=True),
    Column("urged", N_("催办次数"), "number", 8),
    Column("returned", N_("退回次数"), "number", 8),
    Column("extended", N_("延期次数"), "number", 8),
    Column("finished", N_("办结时间"), "moment", 12),
    Column("written_off", N_("销号时间"), "moment", 12),
    Column("remarks", N_("备注"), width=20),
)

BY_NAME = {one.name: one for one in COLUMNS}
#: Cells that the document writes once for several rows.
MERGED = ("category", "item")


def chosen(names: list[str]) -> list[Column]:
    """The columns of these names in the ledger's order; the usual ones for no names."""
    found = [one for one in COLUMNS if one.name in names]
    return found or [one for one in COLUMNS if one.usual]
