"""Quantified aims in running text: indicator, operator, value, unit, year.

A figure counts when a unit of measure follows it. Citations, dates, ordinals and what stands in
quotation marks are no figures. A year holds for what follows it in its paragraph, unless it only
looks back: 35亿元（2027年）, 35亿元，2027年实现. 力争 holds for what follows it in its sentence.
Values are never scaled.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .chinese import brackets, half_width, numeral
from .dates import find_dates
from .indicators import BUILD, cumulative, indicator, opened
from .model import Target
from .years import Years, looks_back, noted_years, years_ahead

_MEASURES = (
    "个百分点|百分点|平方公里|平方千米|平方米|立方米|公里|千米|公顷|公斤|千克|千瓦时|千瓦|兆瓦|亩次|人次|户次|"
    "车次|班次|场次|标箱|课时|床位|册次|美元|元|个|家|人|户|亩|吨|米|名|场|次|项|条|座|处|所|台|套|辆|"
    "件|头|只|羽|株|棵|尾|箱|批|支|对|间|张|份|组|队|期|部|宗|笔|例|倍|种|类|级|度|枚|门|幅|栋|片|口|艘|架|"
    "斤|升|瓶|袋|盏|根|块|顶|册|本|篇|幢|眼|店"
)
_FIGURE = re.compile(
    rf"(?<![\d.A-Za-z第〔\-—])(?P<n>\d{{1,12}}(?:,\d{{3}}){{0,4}}(?:\.\d{{1,6}})?)(?P<more>余|多)?"
    rf"(?P<u>%|‰|(?:[十百千万亿]{{0,2}})(?:{_MEASURES}))"
    r"(?P<post>及?以上|以内|以下|左右|余|多)?"
)
_WORDED = re.compile(
    r"(?P<n>[一二三四五六七八九十两])(?P<u>个|家|处|座|所|条)(?!批|个|方面|体系|机制)"
    r"(?P<post>及?以上|以内|以下|左右)?"
)
_AT_LEAST = re.compile(r"(?:不低于|不少于|不小于|至少|≥)$")
_MORE = re.compile(r"(?:超过|突破|大于|高于|>)$")
_AT_MOST = re.compile(r"(?:不超过|不高于|控制在|≤)$")
_ANNUAL = re.compile(r"每年|年均|逐年|每年度")
_SINGLE = re.compile(r"^(?P<n>[县市区](?:级)?[^，。、；：]{2,20})$")
_LONGEST_CLAUSE = 300


@dataclass(frozen=True)
class Place:
    """A stretch of text to look for figures in, and what it belongs to."""

    line: int
    text: str
    row: int | None = None
    major: int | None = None
    year: int | None = None  # stated for the place as a whole, as in a deadline column


@dataclass
class _State:
    """What carries over from clause to clause."""

    place: Place
    year: int | None
    noted: dict[int, int] = field(default_factory=dict)
    hoped: bool = False
    previous: str = ""
    singles: list[Target] = field(default_factory=list)
    found: list[Target] = field(default_factory=list)
    undated: int | None = 0  # where in `found` this sentence begins; None once it states a year

    def take_year(self, years: Years) -> None:
        """Go past the next date: its year holds from here on."""
        self.year, self.undated = years.popleft()[2], None

    def has_undated(self) -> bool:
        """Whether this sentence gave figures and no year yet."""
        return self.undated is not None and self.undated < len(self.found)

    def look_back(self, years: Years) -> None:
        """Go past a date that speaks of the figures before it in its sentence."""
        year = years.popleft()[2]
        for index in range(self.undated or 0, len(self.found)):
            target = self.found[index]
            if target.year == self.year and not target.annual:
                self.found[index] = replace(target, year=year)


def find_targets(place: Place) -> list[Target]:
    """The targets of one paragraph or cell, in order."""
    text = _masked(place.text)
    years = years_ahead(text)
    state = _State(place, place.year, noted_years(place.text))
    position = 0
    for clause, ends_sentence in _clauses(text):
        _read_clause(state, clause, position, years)
        position += len(clause) + 1
        if ends_sentence:
            state.hoped, state.singles, state.undated = False, [], len(state.found)
    return state.found


def _masked(text: str) -> str:
    """Same length, with citations and quoted digits blotted out."""
    text = half_width(text)
    text = re.sub(r"《[^《》]{0,200}》|〔[^〔〕]{0,10}〕\d{0,4}号", lambda m: "■" * len(m[0]), text)
    text = re.sub(r"“[^“”]{0,60}”", lambda m: re.sub(r"\d", "■", m[0]), text)
    pieces, position = [], 0
    for start, end in brackets(text):
        if next(find_dates(text[start:end]), None):
            pieces += [text[position:start], "■" * (end - start)]
            position = end
    return "".join([*pieces, text[position:]])


def _clauses(text: str) -> Iterator[tuple[str, bool]]:
    depth, start = 0, 0
    for index, char in enumerate(text):
        if char in "（(“":
            depth += 1
        elif char in "）)”":
            depth = max(0, depth - 1)
        elif char in "。！？\n" or (depth == 0 and char in "，、；：,;:"):
            thousands = char == "," and text[index + 1 : index + 2].isdigit()
            if not thousands:
                yield text[start:index], char in "。！？\n；"
                start, depth = index + 1, 0 if char == "。" else depth
    yield text[start:], True


def _read_clause(state: _State, clause: str, position: int, years: Years) -> None:
    while years and years[0][1] <= position:
        state.take_year(years)
    dated = _without_dates(clause, position, years)
    start = 0
    for figure in _figures(dated):
        while years and years[0][0] < position + figure.start():
            state.take_year(years)
        before = dated[start : figure.start()].replace("■", "")
        state.hoped |= "力争" in before or "争取" in before
        after = _after(dated, figure)
        words = clause[start : figure.end()].replace("■", "").strip("，、；： ")
        target = replace(_target(state, before, after, figure), words=words)
        if noted := state.noted.get(position + figure.end()):
            target = replace(target, year=noted, annual=False)
        _settle_singles(state, target)
        state.found.append(target)
        state.previous = target.indicator
        start = figure.end()
    if start == 0:
        state.hoped |= "力争" in clause
        if state.has_undated() and looks_back(dated, position, years):
            state.look_back(years)
            return
        _remember_single(state, dated, position, years)


def _without_dates(clause: str, position: int, years: Years) -> str:
    """The clause with its dates blotted out, at the same length."""
    if len(clause) > _LONGEST_CLAUSE:
        return clause
    for start, end, _ in years:
        if start >= position + len(clause):
            break
        low, high = max(0, start - position), min(len(clause), end - position)
        clause = clause[:low] + "■" * (high - low) + clause[high:]
    return re.sub(r"\d{1,2}月(?:\d{1,2}日)?[底前末]?", lambda m: "■" * len(m[0]), clause)


def _figures(clause: str) -> Iterator[re.Match[str]]:
    if len(clause) > _LONGEST_CLAUSE:
        return
    spans = [m for m in _FIGURE.finditer(clause) if m["u"] not in ("级", "度", "类")]
    worded = [m for m in _WORDED.finditer(clause) if _counts(clause, m)]
    yield from sorted(spans + worded, key=lambda m: m.start())


def _counts(clause: str, figure: re.Match[str]) -> bool:
    """A numeral in words counts only right after a verb of building or a comparison."""
    before = clause[: figure.start()]
    compared = _AT_LEAST.search(before) or before.endswith("达到")
    return bool(BUILD.search(before) or compared) and "“" not in before[-3:]


def _after(clause: str, figure: re.Match[str]) -> str:
    rest = clause[figure.end() :]
    following = _FIGURE.search(rest)
    return (rest[: following.start()] if following else rest).replace("■", "")


def _target(state: _State, before: str, after: str, figure: re.Match[str]) -> Target:
    number = figure["n"].replace(",", "")
    value = Decimal(number) if number.isascii() else Decimal(numeral(number) or 0)
    percent = figure["u"] == "%"
    name = indicator(before, after, state.previous, joined=percent)
    annual = bool(_ANNUAL.search(before))
    return Target(
        indicator=name or state.previous or after,
        op=_operator(before, figure, hoped=state.hoped),
        value=value,
        unit=figure["u"],
        year=None if annual else state.year,
        annual=annual,
        line=state.place.line,
        row=state.place.row,
        major=state.place.major,
        cumulative=cumulative(before),
    )


def _operator(before: str, figure: re.Match[str], *, hoped: bool) -> str:
    post = figure["post"] or ""
    more = figure.groupdict().get("more") or post in ("余", "多")
    bare = before.removesuffix("到").removesuffix("达")
    if post.endswith("以上") or _AT_LEAST.search(bare):
        op = ">="
    elif _AT_MOST.search(bare) or post in ("以内", "以下"):
        op = "<="
    elif _MORE.search(bare) or more:
        op = ">"
    else:
        op = "="
    return ("~" if op == "=" else "~" + op) if hoped else op


def _remember_single(state: _State, clause: str, position: int, years: Years) -> None:
    """建成县级农合联 beside 组建乡镇农合联7个: one named thing, 1 if a sibling follows."""
    while years and years[0][0] < position + len(clause):
        state.take_year(years)
    words = clause.replace("■", "")
    state.previous = opened(words) or state.previous
    named = _SINGLE.match(opened(words)) if opened(words) != words else None
    if named and state.year:
        line, row, major = state.place.line, state.place.row, state.place.major
        state.singles.append(
            Target(named["n"], "=", Decimal(1), None, state.year, annual=False, line=line,
                   row=row, major=major, implied=True)
        )  # fmt: skip


def _settle_singles(state: _State, counted: Target) -> None:
    for single in state.singles:
        alike = counted.indicator[-3:] == single.indicator[-3:]
        lower = re.match(r"乡镇|镇|乡|街道|村|社区", counted.indicator)
        if alike and lower and single.year == counted.year:
            state.found.append(replace(single, op="~" if state.hoped else "="))
    state.singles = []
