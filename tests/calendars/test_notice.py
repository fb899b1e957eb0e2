"""The yearly notice in the words of many years becomes days, or says which sentence is odd."""

import datetime as dt

import pytest
from chinese_calendar import constants

from sanwei_flow.calendars.months import months
from sanwei_flow.calendars.notice import read_notice
from sanwei_flow.calendars.workdays import Calendar
from sanwei_flow.errors import Invalid

NOTICE = """国务院办公厅关于2025年部分节假日安排的通知
国办发明电〔2024〕12号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
    经国务院批准，现将2025年元旦、春节等放假调休日期的具体安排通知如下。
    一、元旦：1月1日（周三）放假1天，不调休。
    二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
    三、清明节：4月4日（周五）至6日（周日）放假，共3天。
    四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
    五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
    六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
    节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
                                        国务院办公厅
                                        2024年11月12日
"""

#: The same days in other words, and with what people paste along.
OTHER_WORDS = """关于2025年节假日安排
1、元旦:2025年1月1日放假,与周末不连休
2、春节:1月28日至2月4日放假调休,共8天;1月26日(星期日)、2月8日(星期六)正常上班
鼓励各单位结合带薪年休假等制度落实，安排职工在正月初八（2月5日）休息
3、清明节:4月4日—6日放假,共3天
4、劳动节:5月1日到5日放假调休，4月27日为工作日
5、端午节:５月３１日至６月２日放假
6、国庆节 中秋节:10月1日~8日休假，9月28日(星期天)和10月11日补班
"""


def library(year):
    free = {d for d in constants.holidays if d.year == year}
    work = {d for d in constants.workdays if d.year == year}
    return free, work


@pytest.mark.parametrize("text", [NOTICE, OTHER_WORDS], ids=["official", "other words"])
def test_a_notice_gives_the_days_everybody_else_has(text):
    notice = read_notice(text)
    free = {day for day, working, _ in notice.days if not working}
    work = {day for day, working, _ in notice.days if working}
    assert notice.year == 2025
    assert (free, work) == library(2025)
    assert notice.doubts == []


def test_the_number_and_the_names_are_kept():
    notice = read_notice(NOTICE)
    assert notice.number == "国办发明电〔2024〕12号"
    named = {day: label for day, _, label in notice.days}
    assert named[dt.date(2025, 4, 5)] == "清明节"
    assert named[dt.date(2025, 4, 27)] == "劳动节调休"


def test_everything_in_one_sentence():
    notice = read_notice(
        "国庆节：10月1日（周四）至7日（周三）放假调休，共7天，9月20日（周日）、10月10日（周六）上班。",
        2026,
    )
    assert len(notice.days) == 9
    assert [str(day) for day, working, _ in notice.days if working] == ["2026-09-20", "2026-10-10"]
    assert "元旦" in str(notice.doubts[0])


def test_new_years_holiday_may_begin_in_december():
    text = "关于2023年部分节假日安排的通知。一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。"
    assert [str(day) for day, _, _ in read_notice(text).days] == [
        "2022-12-31",
        "2023-01-01",
        "2023-01-02",
    ]


def test_a_table_is_read_as_well():
    notice = read_notice("2027-01-01,休,元旦\n2027-02-20,班,春节调休\n")
    assert notice.year == 2027
    assert notice.days[1] == (dt.date(2027, 2, 20), True, "春节调休")


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    [
        ("春节：1月28日（周三）至2月4日放假", "2025-01-28是星期二，通知写的是星期三"),
        ("春节：1月28日至2月4日放假，共7天", "写明共7天，起止日期是8天"),
        ("春节：2月30日放假", "没有2月30日"),
        ("春节：2月4日至1月28日放假", "起止日期不对"),
        ("春节：1月26日至3月4日放假", "起止日期不对"),
        ("春节：1月28日起按当地规定执行", "没有看到“放假”或“上班”"),
        ("春节：1月28日放假，2月8日", "最后的日期没有说明"),
        ("春节：1月28日放假，2月7日上班", "2025-02-07本来就是工作日"),
        ("春节：2月8日放假，2月8日上班", "2025-02-08既放假又上班"),
        ("春节：2026年2月17日放假", "2026-02-17不在2025年"),
    ],
)
def test_a_sentence_that_is_odd_is_named(sentence, complaint):
    with pytest.raises(Invalid) as refused:
        read_notice(f"关于2025年部分节假日安排的通知\n元旦：1月1日放假。\n{sentence}。")
    [problem] = refused.value.fields["text"]
    assert complaint in str(problem)
    assert sentence.partition("：")[2][:12] in str(problem)


def test_a_text_that_is_no_notice_is_refused():
    for text, complaint in (
        ("大家好", "没有找到年份"),
        ("关于2025年部分节假日安排", "没有找到放假的日期"),
    ):
        with pytest.raises(Invalid) as refused:
            read_notice(text)
        assert complaint in str(refused.value.fields["text"][0])


def test_a_year_on_the_wall():
    notice = read_notice(NOTICE)
    known = Calendar(
        {day: working for day, working, _ in notice.days},
        {day: label for day, _, label in notice.days},
    )
    january = months(2025, known)[0]
    assert january.weeks[0][:2] == [None, None]  # the first was a Wednesday
    assert january.weeks[0][2].look == "holiday"
    assert january.weeks[3][6].look == "makeup"
    assert january.weeks[3][6].label == "春节"
    assert sum(month.workdays for month in months(2025, known)) == 248
