"""The notices that `chinesecalendar` carries (2004 to 2026), in our own form."""

import datetime as dt
from collections.abc import Iterator
from importlib.metadata import version

from chinese_calendar import constants

SOURCE = f"chinesecalendar {version('chinesecalendar')}"


def known_days() -> Iterator[tuple[dt.date, bool, str]]:
    """Yield (day, working, label) of every holiday and make-up day."""
    names = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    for day, name in constants.holidays.items():
        yield day, False, names[name]
    for day, name in constants.workdays.items():
        yield day, True, names[name] + "调休"
