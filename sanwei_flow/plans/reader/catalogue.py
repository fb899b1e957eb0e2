"""The sentences of every finding: code -> (what is doubtful, what was assumed)."""

from collections.abc import Iterable

from sanwei_flow.errors import N_

from .model import Finding

MESSAGES: dict[str, tuple[str, str]] = {
    # the document as a whole
    "no_doc_number": (N_("没有找到发文字号。"), N_("发文字号留空。")),
    "no_issuer": (N_("没有找到发文单位。"), N_("发文单位留空。")),
    "no_doc_date": (N_("没有找到成文日期。"), N_("成文日期留空，不据以推算期限。")),
    "title_unclear": (N_("没有找到像标题的一行。"), N_("标题读作“{title}”。")),
    "phase_without_dates": (N_("阶段“{name}”没有写明起止日期。"), N_("日期留空。")),
    "phase_before_document": (
        N_("阶段“{name}”从{start}开始，早于成文日期{date}。"),
        N_("按原文日期，已过去的日期不报警。"),
    ),
    "phase_dates_reversed": (N_("阶段“{name}”的结束日期早于开始日期。"), N_("按原文保留。")),
    "phases_apart": (
        N_("阶段“{name}”开始于{start}，与上一阶段结束的{end}不衔接。"),
        N_("按原文保留。"),
    ),
    "phase_year_elided": (N_("阶段“{name}”的结束日期省略了年份。"), N_("读作{end}。")),
    "table_not_read": (N_("有一张表认不出表头。"), N_("没有从这张表读取任务。")),
    "table_without_units": (
        N_("这张表没有责任单位、配合单位或完成时限列。"),
        N_("没有从这张表读取任务。"),
    ),
    "tasks_assumed": (
        N_("没有标明哪些是重点任务，也没有责任单位。"),
        N_("除目标、步骤和保障外，各节标题都读作任务。"),
    ),
    # rows
    "column_missing": (N_("表中没有“{column}”列。"), N_("这一项留空。")),
    "responsible_as_cooperating": (
        N_("表中既有牵头单位又有责任单位。"),
        N_("牵头单位负总责，责任单位读作配合单位。"),
    ),
    "rows_renumbered": (N_("序号有缺漏或重复。"), N_("按先后顺序重新编号。")),
    "cells_missing": (N_("第{no}行的单元格比表头少。"), N_("缺少的各列留空。")),
    "blank_filled_down": (
        N_("“{column}”列有{count}处空白（合并单元格）。"),
        N_("沿用上面一行的内容。"),
    ),
    "row_without_lead": (N_("第{no}项没有写明责任单位。"), N_("留空，启动前由办公室指定。")),
    "lead_unmarked": (
        N_("第{no}项末尾的括号只列了{names}，没有写明谁牵头、谁配合。"),
        N_("责任单位留空，启动前由办公室指定。"),
    ),
    "row_without_task": (N_("第{no}行没有写明工作任务。"), N_("任务留空。")),
    "several_leads": (
        N_("“{name}”列了{count}个责任单位。"),
        N_("排在第一的{first}牵头，其余共同负责。"),
    ),
    "open_ended_units": (N_("第{no}项的单位名单以“等”结尾。"), N_("只派给写明的单位。")),
    "several_sub_items": (N_("第{no}项写了{count}件事。"), N_("仍作一项，分列子项。")),
    "major_without_lead": (N_("重大事项{no}没有写明责任单位。"), N_("留空。")),
    # deadlines
    "no_due_column": (N_("任务分工表没有完成时限列。"), N_("从正文或全文最后节点推定。")),
    "due_inferred": (N_("{count}项没有写明完成时限：第{rows}项。"), N_("一律按{day}。")),
    "due_from_body": (N_("第{no}项没有写明完成时限，正文对同一事项写有年份。"), N_("按{day}。")),
    "due_unknown": (N_("第{no}项没有写明完成时限，全文也没有年份。"), N_("不设期限。")),
    "due_recurring": (N_("第{no}项的时限“{text}”每期重复。"), N_("先按第一期{day}。")),
    "due_open": (N_("第{no}项的时限“{text}”没有终点。"), N_("不设期限。")),
    "due_unclear": (N_("看不懂第{no}项的时限“{text}”。"), N_("按{day}。")),
    "due_year_assumed": (N_("第{no}项的时限“{text}”没有写年份。"), N_("按{day}。")),
    "due_before_document": (
        N_("第{no}项的时限{day}早于成文日期{date}。"),
        N_("按原文日期，已过去的日期不报警。"),
    ),
    "due_disagrees": (
        N_("第{no}项的时限是{day}，任务里的指标到{year}年。"),
        N_("按时限列。"),
    ),
    # units
    "collective_unit": (N_("“{name}”是统称，文件没有列出名单。"), N_("按单位名册展开，请核对。")),
    "generic_unit": (N_("“{name}”不是单位全称。"), N_("原样保留，不当作任何单位。")),
    "short_unit_name": (N_("任务里的“{name}”可能是单位简称。"), N_("原样保留。")),
    "similar_units": (N_("“{name}”与{others}写法相近。"), N_("当作不同的单位，请确认。")),
    "member_without_task": (N_("“{name}”列为成员单位，但没有分工任务。"), N_("不派任务。")),
    "unit_not_member": (N_("“{name}”有分工任务，但不在成员单位之列。"), N_("照分工派任务。")),
    # figures
    "figures_disagree": (N_("“{indicator}”此处是{value}，别处不同。"), N_("各按原文。")),
    "measure_differs": (N_("“{indicator}”此处计“{unit}”，别处计“{other}”。"), N_("各按原文。")),
    "operator_differs": (
        N_("“{indicator}”此处是{value}，第{line}行是{other}。"),
        N_("各按原文。"),
    ),
    "wording_differs": (
        N_("“{words}”与第{line}行的“{other}”数字相同、说法不同。"),
        N_("各按原文。"),
    ),
    "target_without_row": (
        N_("“{indicator}{value}”没有写进任务分工。"),
        N_("不归入任何一项任务。"),
    ),
    "target_only_in_table": (N_("“{indicator}{value}”只见于任务分工，正文没有。"), N_("照录。")),
    "target_without_year": (N_("“{indicator}{value}”没有写明年份。"), N_("年份留空。")),
    "figure_implied": (N_("“{indicator}”没有写数量。"), N_("读作1。")),
    "task_without_target": (N_("第{no}项没有量化指标。"), N_("不设指标。")),
    # table against body
    "lead_differs_from_body": (
        N_("第{no}行的责任单位是{lead}，正文第{line}行是{other}。"),
        N_("按任务分工表。"),
    ),
    "cooperating_differs_from_body": (
        N_("第{no}行的配合单位与正文第{line}行不同。"),
        N_("按任务分工表。"),
    ),
    "item_without_row": (N_("正文“{title}”没有写进任务分工表。"), N_("不另设任务。")),
    # words
    "stray_blank": (N_("文字中间有空格：“{text}”。"), N_("去掉空格，读作“{cleaned}”。")),
    "unbalanced_quotes": (N_("引号、书名号或括号不成对：“{text}”。"), N_("按原文保留。")),
    "suspected_typo": (N_("“{word}”可能有误。"), N_("按原文保留。")),
}


def finding(
    code: str, at_line: int, alternatives: Iterable[str] = (), /, **params: object
) -> Finding:
    """A finding with its sentences; `params` fill their places."""
    message, assumed = MESSAGES[code]
    return Finding(code, at_line, message, params, assumed, tuple(dict.fromkeys(alternatives)))
