"""The words of a bulletin: names of numbers in 【】 among the office's own sentences."""

import re
from collections.abc import Iterator, Mapping

from sanwei_flow.errors import N_, Invalid
from sanwei_flow.reports.models import CLOSING
from sanwei_flow.reports.numbers import Number

NAME = re.compile(r"【([^【】\n]*)】")
HEADINGS = (re.compile(r"[一二三四五六七八九十]+、"), re.compile(r"（[一二三四五六七八九十]+）"))

#: What a new draft says. It is the document's own language, whoever drafts it.
COUNTED = """一、总体情况
截至【截至日期】，方案共分解任务【任务总数】项，已办结【办结数】项（【办结率】），在办【在办数】项（【在办率】），\
终止【终止数】项（【终止率】）。在办任务中已逾期【逾期数】项，占全部任务的【逾期率】。
二、量化指标
方案共有量化指标【指标总数】个，其中已达到【已达到数】个（【已达到率】），超进度【超进度数】个（【超进度率】），\
达进度【达进度数】个（【达进度率】），欠进度【欠进度数】个（【欠进度率】），未上报【未上报数】个（【未上报率】）。
"""
MONTHLY_TEXT = (
    COUNTED
    + """三、进度滞后的事项
逾期未办结的事项：【逾期名单】。
欠进度的指标：【欠进度名单】。
四、下一步要求
请有关牵头单位对照方案查明原因，明确整改措施和完成日期，按期上报进展。
"""
)
CLOSING_TEXT = (
    COUNTED
    + """三、未完成的事项
逾期未办结的事项：【逾期名单】。
欠进度的指标：【欠进度名单】。
四、后续安排
未办结的事项由牵头单位继续推进，办结后按程序销号。
"""
)


def first_text(kind: str) -> str:
    """The words a new draft begins with."""
    return CLOSING_TEXT if kind == CLOSING else MONTHLY_TEXT


def check(text: str, numbers: Mapping[str, Number]) -> None:
    """Raise Invalid for a name in 【】 that stands for no number."""
    unknown = [name for name in NAME.findall(text) if name not in numbers]
    if unknown:
        raise Invalid(N_("没有名为“{names}”的数据"), names="”“".join(dict.fromkeys(unknown)))


def filled(text: str, numbers: Mapping[str, Number]) -> str:
    """The text as it is printed."""
    return "".join(value for value, _name in pieces(text, numbers))


def pieces(text: str, numbers: Mapping[str, Number]) -> Iterator[tuple[str, str]]:
    """The text in pieces (words, name of the number or nothing), in order."""
    place = 0
    for match in NAME.finditer(text):
        yield text[place : match.start()], ""
        number = numbers.get(match[1])
        yield (number.value, match[1]) if number else (match[0], "")
        place = match.end()
    yield text[place:], ""


def level(line: str) -> int:
    """1 for 一、, 2 for （一）, 0 for a paragraph."""
    return next((at for at, one in enumerate(HEADINGS, 1) if one.match(line)), 0)
