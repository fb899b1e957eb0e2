"""What a message says, in the language of whoever gets it."""

from collections.abc import Sequence

from flask_babel import force_locale, gettext

from sanwei_flow import web
from sanwei_flow.notifications.models import Notification
from sanwei_flow.notifications.senders import Letter

#: Lines in one message; more are counted.
MOST_LINES = 20


def compose(
    key: str, notices: Sequence[Notification], *, daily: bool, locale: str | None, site: str
) -> Letter:
    """The letter with these notices; without any it is the one to try a channel with.

    `site` is our address for the links, "" to leave them out. `locale` is a language of ours.
    """
    with force_locale(locale or "zh_CN"):
        facts = [_facts(notice, site) for notice in notices]
        if not notices:
            title = gettext("三维流程：测试消息")
            lines = [gettext("收到这条消息，说明通知渠道可以使用。")]
        else:
            title = _title(len(notices), daily=daily)
            lines = [_line(number, fact) for number, fact in enumerate(facts[:MOST_LINES], 1)]
            if len(notices) > MOST_LINES:
                rest = len(notices) - MOST_LINES
                lines.append(gettext("另有 %(count)s 条，请登录查看。", count=rest))
    if site:
        lines.append(f"{site}/notifications")
    return Letter(key, title, lines, {"notices": facts})


def _title(count: int, *, daily: bool) -> str:
    if daily:
        return gettext("三维流程：今日 %(count)s 条未读通知", count=count)
    return gettext("三维流程：%(count)s 条新通知", count=count)


def _facts(notice: Notification, site: str) -> dict[str, str]:
    return {
        "kind": notice.kind,
        "title": web.sentence(notice.title, notice.params),
        "body": web.sentence(notice.body, notice.params),
        "link": f"{site}/notifications/{notice.id}" if site else "",
        "at": notice.created_at.isoformat(),
    }


def _line(number: int, fact: dict[str, str]) -> str:
    text = f"{number}. {fact['title']}"
    return f"{text}（{fact['body']}）" if fact["body"] else text
