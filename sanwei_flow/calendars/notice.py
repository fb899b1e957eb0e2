"""Reads the State Council's yearly notice: sentences into days. Pure, and never guessing.

Understood is what such notices say: 10月1日（周四）至7日（周三）放假调休，共7天；9月20日（周日）、
10月10日（周六）上班. What a sentence adds (the weekday, the number of days) is checked against
the calendar. A sentence with a date that is not understood is an error that quotes it.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sanwei_flow.calendars.workdays import Phrase
from sanwei_flow.errors import N_, Invalid

#: Longer holidays than this are a misreading.
LONGEST = 15
MOST_QUOTED = 60
WEEKDAYS = "一二三四五六日"
#: What every year has; a notice without one of these is worth a second look.
FESTIVALS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")

_DAY = (
    r"(?:(?P<year{n}>\d{{4}})年)?(?:(?P<month{n}>\d{{1,2}})月)?(?P<day{n}>\d{{1,2}})日?"
    r"\s*(?:\((?P<note{n}>[^()]*)\))?"
)
_SPAN = re.compile(
    r"(?<![\d年月第共])"
    + _DAY.format(n=1)
    + r"(?:\s*(?:至|到|—+|–|-+|~)\s*"
    + _DAY.format(n=2)
    + ")?"
)
_VERB = re.compile(r"(?P<free>放假|休假|休息)|(?P<work>上班|工作日|补班)")
_ITEM = re.compile(
    r"^(?:[(]?[一二三四五六七八九十]+[、)．.]|\d+[、.])?\s*(?P<label>[^:,。\d]{2,20})[:：]"
)
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_COUNT = re.compile(r"共\s*(\d+)\s*天")
_YEAR = re.compile(r"(\d{4})年(?:部分|全部)?节假日")
_NUMBER = re.compile(r"国办发明电\s*[〔\[(](\d{4})[〕\])]\s*(\d+)\s*号")
_DATED = re.compile(r"\d+\s*月\s*\d+\s*日")
#: Punctuation that was evened out, as a Chinese text has it.
AS_WRITTEN = str.maketrans(",()", "，（）")
#: Advice, and what is no rule of days: not read.
_ADVICE = re.compile(r"鼓励|提倡|倡导|建议")
_SIGNATURE = re.compile(r"(?:国务院办公厅|\(?此件)?\s*\d{4}年\d+月\d+日\s*")

Days = list[tuple[dt.date, bool, str]]
"""(day, working, label) as `import_notice` takes them."""


@dataclass(frozen=True)
class Notice:
    """What a notice says: the year, its number ("" if it has none), its days, and doubts."""

    year: int
    number: str
    days: Days
    doubts: list[Phrase] = field(default_factory=list)


@dataclass
class _Reading:
    """What has been read so far."""

    year: int
    days: dict[dt.date, tuple[bool, str]] = field(default_factory=dict)
    problems: list[Phrase] = field(default_factory=list)


class _OddSentence(Exception):
    def __init__(self, message: str, **params: object) -> None:
        self.message, self.params = message, params
        super().__init__(message)


def read_notice(text: str, year: int | None = None) -> Notice:
    """Read a notice, or lines of `2027-01-01,休,元旦`; `year` if the text does not name one.

    Raises Invalid; its `fields["text"]` are the complaints, each with the sentence it is about.
    """
    plain = _plain(text)
    named = _YEAR.search(plain)
    if named:
        year = int(named[1])
    table = _table(plain)
    if table:
        year = year or max(day.year for day, _, _ in table)
        return _checked(_Reading(year, {day: (w, label) for day, w, label in table}), plain)
    if year is None:
        raise _invalid([Phrase(N_("没有找到年份，请在正文中保留“关于…年部分节假日安排的通知”"))])
    reading = _Reading(year)
    label = ""
    for sentence in _sentences(plain):
        item = _ITEM.match(sentence)
        if item:
            label = re.sub(r"\s", "", item["label"])
        _read(sentence[item.end() if item else 0 :], label, reading)
    return _checked(reading, plain)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace("\u3000", " ")
    return text.replace("〔", "[").replace("〕", "]").replace(":", "：")


def _sentences(text: str) -> Iterator[str]:
    for part in re.split(r"[。;；\n]+", text):
        sentence = part.strip()
        if sentence:
            yield sentence


def _read(sentence: str, label: str, reading: _Reading) -> None:
    if _ADVICE.match(sentence) or _SIGNATURE.fullmatch(sentence):
        return
    if not _DATED.search(sentence):
        return
    try:
        verbs = list(_VERB.finditer(sentence))
        if not verbs:
            raise _OddSentence(N_("没有看到“放假”或“上班”"))
        start = 0
        for verb in verbs:
            days = list(_days(sentence[start : verb.start()], reading.year))
            start = verb.end()
            if days and verb["free"]:
                _count(sentence[start:], days)
            for day in days:
                _settle(day, verb["work"] is not None, label, reading)
        if _DATED.search(sentence[start:]):
            raise _OddSentence(N_("最后的日期没有说明放假还是上班"))
    except _OddSentence as error:
        quoted = sentence.translate(AS_WRITTEN)
        if len(quoted) > MOST_QUOTED:
            quoted = quoted[: MOST_QUOTED - 1] + "…"
        complaint = Phrase(error.message, error.params)
        reading.problems.append(
            Phrase(N_("“{sentence}”：{complaint}"), {"sentence": quoted, "complaint": complaint})
        )


def _days(clause: str, year: int) -> Iterator[dt.date]:
    """The days a clause names, in order; a day without its month has the one before it."""
    month: int | None = None
    for match in _SPAN.finditer(clause):
        if "日" not in match[0]:
            continue
        month = int(match["month1"]) if match["month1"] else month
        first = _day(match["year1"] or year, month, match["day1"], match["note1"])
        month = first.month
        last = first
        if match["day2"]:
            month = int(match["month2"]) if match["month2"] else month
            last = _day(match["year2"] or first.year, month, match["day2"], match["note2"])
        if not 0 <= (last - first).days < LONGEST:
            raise _OddSentence(
                N_("起止日期不对：{first}至{last}"), first=str(first), last=str(last)
            )
        for offset in range((last - first).days + 1):
            yield first + dt.timedelta(days=offset)


def _day(year: int | str, month: int | None, day: str, note: str | None) -> dt.date:
    if month is None:
        raise _OddSentence(N_("“{day}日”没有写月份"), day=day)
    try:
        found = dt.date(int(year), month, int(day))
    except ValueError:
        raise _OddSentence(N_("没有{month}月{day}日"), month=month, day=day) from None
    written = _WEEKDAY.search(note or "")
    if written and WEEKDAYS[found.weekday()] != written[1].replace("天", "日"):
        raise _OddSentence(
            N_("{day}是星期{real}，通知写的是星期{written}"),
            day=found.isoformat(),
            real=WEEKDAYS[found.weekday()],
            written=written[1],
        )
    return found


def _count(rest: str, days: list[dt.date]) -> None:
    stated = _COUNT.search(rest.partition("上班")[0])
    if stated and int(stated[1]) != len(days):
        raise _OddSentence(
            N_("写明共{stated}天，起止日期是{real}天"), stated=int(stated[1]), real=len(days)
        )


def _settle(day: dt.date, working: bool, label: str, reading: _Reading) -> None:
    if not (day.year == reading.year or (day.year == reading.year - 1 and day.month == 12)):
        raise _OddSentence(N_("{day}不在{year}年"), day=day.isoformat(), year=reading.year)
    if working and day.weekday() < 5:
        raise _OddSentence(N_("{day}本来就是工作日，不用调休上班"), day=day.isoformat())
    if day in reading.days and reading.days[day][0] != working:
        raise _OddSentence(N_("{day}既放假又上班"), day=day.isoformat())
    reading.days[day] = (working, f"{label}调休" if working else label)


def _table(text: str) -> Days:
    """Lines of `day,休 or 班,name`; nothing if the text is none such."""
    rows = [re.split(r"[,\t]", line.strip()) for line in text.splitlines() if line.strip()]
    found: Days = []
    for row in rows:
        try:
            day, word, label = (cell.strip() for cell in row)
            found.append((dt.date.fromisoformat(day), {"休": False, "班": True}[word], label))
        except (ValueError, KeyError):
            return []
    return found


def _checked(reading: _Reading, text: str) -> Notice:
    if reading.problems:
        raise _invalid(reading.problems)
    if not any(not working for working, _ in reading.days.values()):
        raise _invalid([Phrase(N_("通知中没有找到放假的日期"))])
    days = [(day, *reading.days[day]) for day in sorted(reading.days)]
    labels = " ".join(label for _, _, label in days)
    lacking = [name for name in FESTIVALS if name not in labels]
    doubts = [Phrase(N_("通知里没有提到{names}"), {"names": "、".join(lacking)})] if lacking else []
    number = _NUMBER.search(text)
    return Notice(
        reading.year, f"国办发明电〔{number[1]}〕{number[2]}号" if number else "", days, doubts
    )


def _invalid(problems: Iterable[Phrase]) -> Invalid:
    return Invalid(N_("放假通知有读不懂的地方，没有导入"), {"text": list(problems)})
