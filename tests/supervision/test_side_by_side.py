"""Several runners and several devices at once."""

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sanwei_flow.accounts import sessions
from sanwei_flow.audit.queries import broken, entries
from sanwei_flow.db import db, transaction
from sanwei_flow.notifications.models import Notification
from sanwei_flow.supervision.jobs import sweep
from tests.factories import NOW, make_unit, make_user
from tests.supervision.test_reminders import make_task, morning


def at_once(app, count, work):
    def run(_):
        with app.app_context():
            return work()

    db.session.rollback()
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_runners_side_by_side_tell_everybody_once(app, database):
    with transaction():
        unit = make_unit()
        clerks = [make_user(unit) for _ in range(3)]
        for number in range(300):
            make_task(unit, key=f"plan:1/row:{number}", due=dt.date(2024, 9, 30))

    for day in ("2024-09-26", "2024-10-08", "2024-10-09"):
        at_once(app, 3, lambda day=day: sweep(morning(day)))

    told = Counter(db.session.scalars(db.select(Notification.user_id)))
    assert told == {clerk.id: 300 + 300 + 1 for clerk in clerks}


def test_devices_logging_in_at_once_all_get_in_and_the_record_stays_whole(app, database):
    with transaction():
        clerk = make_user(make_unit(), username="clerk")

    def log_in():
        with transaction():
            return sessions.log_in("clerk", proven=True, at=NOW).token

    tokens = at_once(app, 6, log_in)

    assert len(set(tokens)) == 6
    subject = f"user:{clerk.id}"
    assert [entry.kind for entry in entries(subject)].count("logged_in") == 6
    assert list(broken(subject)) == []
