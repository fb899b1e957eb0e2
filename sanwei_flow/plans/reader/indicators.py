"""What a figure is about: the words around it, less verbs of building and of reaching."""

import re

_BUILD = (
    "改造建设|升级改造|统筹安排|建设|建成|建立|建|新建|改建|扩建|组建|创建|打造|培育|发展|开展|设立|成立|"
    "改造|安排|保障|新增|完成|落实|经营|引进|配备|认定|评选|评定|命名|布局|推出|推广|实施"
)
BUILD = re.compile(rf"(?:{_BUILD})(?:了|好|一批)?$")
_NUMBERING = re.compile(r"^(?:\d{1,3}[.．、](?!\d)|[（(][一二三四五六七八九十\d]{1,3}[）)])\s*")
_OPENING = re.compile(
    r"^(?:力争|确保|保证|实现|争取|计划|预计|每年|年均|全[县市区省镇乡]|各?县域|在(?:全[县市区省]|各[^，]{1,8}?)|"
    r"其中|使|将|并|共|累计(?=达)|以?前|[底末]前?|到|至|达|、|：|年度?|及|和)++"
)
_BUILDING = re.compile(rf"^(?:{_BUILD})(?!.?$)")
_REACHING = re.compile(
    r"(?:[稳保]?(?:达到|达成|增至|增加到|提高到|提高至|提升到|提升至|扩大到|控制在|稳定在|保持在|发展到|降至|降低到|"
    r"突破|超过|大于|高于|不低于|不少于|不小于|不超过|低于|至少|争取|力争|约|近|共|为|至|到|达|各|的|≥|>|=|[:：]))++$"
)
_CUMULATIVE = re.compile(r"(?:累计|总计|合计|共计)$")
_ACTOR = re.compile(
    r"^[^“]{2,20}(?:中心|公司|合作社|联合社|协会)(?=(?:签约|服务|培训|带动|吸纳|发放|办理))"
)
_SIGNED_WITH = re.compile(r"^.{2,20}?与(.{2,30}?)签约服务$")


def indicator(before: str, after: str, previous: str, *, joined: bool) -> str:
    """Name what is counted, from the clause before and after a figure.

    `joined`: the words after a percentage belong to it (农户100%加入合作社). Words are the
    document's; `previous` is the indicator or clause before, for figures that name nothing anew.
    """
    words = _NUMBERING.sub("", before.strip("，、；：。 "))
    if after and (BUILD.search(words) or words.endswith(("和", "及", "与"))):
        return after.strip("的，、；：。（） ")
    words = _opened(_REACHING.sub("", _CUMULATIVE.sub("", _REACHING.sub("", words))))
    if not words:
        return after.strip("的，、；：。 ") or previous
    words = _subject(words)
    if joined and after:
        words += re.sub("^全(?=覆盖)", "", after)
    if words.startswith("占"):
        return previous + words
    return words + "比" if words.endswith("占") else words


def opened(words: str) -> str:
    """Words without leading adverbs and one verb of building: 建成为农服务中心 -> 为农服务中心."""
    return _opened(words)


def cumulative(before: str) -> bool:
    return "累计" in before


def _opened(words: str) -> str:
    words = _OPENING.sub("", words)
    return _OPENING.sub("", _BUILDING.sub("", words))


def _subject(words: str) -> str:
    """The thing counted, without who does it."""
    words = re.sub(r"^.*”的(?=.)", "", words)
    words = re.sub(r"(?<=撬动).{1,10}?投入", "", words)
    words = re.sub(r"范围实现", "", words)
    words = re.sub(r"(?<=资金)规模$", "", words)
    words = re.sub(r"^.{2,30}?实现(?=.)", "", words)
    with_whom = _SIGNED_WITH.match(words)
    if with_whom:
        return "签约服务" + with_whom[1].replace("的", "", 1)
    return _ACTOR.sub("", words)
