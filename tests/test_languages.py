"""The product in English: all sentences are translated, pages keep only people's own Chinese."""

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree, html

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import CollectiveUnit, Unit, UnitAlias, User
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans.models import (
    Finding,
    MajorItem,
    Plan,
    PlanPhase,
    PlanRow,
    Target,
    UnitMention,
)
from sanwei_flow.processes.models import Attachment, ProcessInstance, Task, TaskEvent
from sanwei_flow.supervision.jobs import sweep
from sanwei_flow.supervision.models import Card, Slip
from tests.factories import NOW, PASSWORD, log_in
from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED, UNDIVIDED, make_county
from tests.journeys.test_main_job import cooperate, divide, report

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "sanwei_flow" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
FORMS = ROOT / "workflows" / "forms"
CHINESE = re.compile(r"[\u3400-\u9fff]+")

#: What people wrote themselves, or took from the document or the design: it stays as it is.
OWN_WORDS = (
    *(Unit.name, UnitAlias.alias, CollectiveUnit.name, User.name),
    *(Plan.title, Plan.doc_number, Plan.issuer, Plan.source_name, PlanRow.result),
    *(PlanRow.category, PlanRow.item, PlanRow.task, PlanPhase.name, MajorItem.name),
    *(Target.indicator, Target.unit, UnitMention.name),
    *(ProcessDesign.name, ProcessInstance.title, Task.name, Task.title, TaskEvent.comment),
    *(Attachment.name, DesignVersion.note),
)
#: The number of a slip or a card, the same in every language; some digits may be people's words.
NUMBERED = re.compile(r"[\u4e00-\u9fff]{2}〔[\d ]+〕[\d ]+号")
SPOKEN = ("title", "alt", "aria-label", "placeholder", "data-label", "label")


def test_every_sentence_has_english_with_the_same_places() -> None:
    command = ["scripts/messages.sh", "--check"]
    tools = {"BIN": str(Path(sys.executable).parent), "PATH": "/usr/bin:/bin"}
    checked = subprocess.run(
        command, cwd=ROOT, env=tools, stdout=subprocess.PIPE, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("form", sorted(FORMS.glob("*.json")), ids=lambda path: path.stem)
def test_every_form_asks_in_english_too(form: Path) -> None:
    """Titles, labels and help; `object_hook` sees every part of the form."""

    def has_english(part: dict[str, Any]) -> dict[str, Any]:
        for name in ("title", "label", "help"):
            assert bool(part.get(name)) == bool(part.get(f"{name}_en")), part
        return part

    json.loads(form.read_text("utf-8"), object_hook=has_english)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Bring the compiled catalogue up to date, as `make setup` does."""
    binary = CATALOGUE.with_suffix(".mo")
    if not binary.exists() or binary.stat().st_mtime < CATALOGUE.stat().st_mtime:
        with CATALOGUE.open("rb") as source, binary.open("wb") as target:
            write_mo(target, read_po(source, locale="en"))


@pytest.fixture
def cast(app: Flask, database: None) -> Cast:
    with transaction():
        county = make_county()
        install_shipped(by=SYSTEM, at=NOW)
    return Cast(app.test_client(), county)


class Reader:
    """Somebody who reads the pages in English and stumbles over every Chinese word."""

    def __init__(self, app: Flask) -> None:
        self.app, self.found = app, dict[str, list[str]]()

    def reads(self, user: User | None, *pages: str) -> "Reader":
        client = self.app.test_client()
        if user is not None:
            log_in(client, user)
        for page in pages:
            self.sees(page, _open(client, page))
        return self

    def sees(self, page: str, text: str) -> None:
        words, corpus = own_words()
        left = [one for one in sentences(text) if foreign(one, words, corpus)]
        if left:
            self.found[page] = left


def _open(client: FlaskClient, page: str) -> str:
    return client.get(f"{page}{'&' if '?' in page else '?'}lang=en").text


def own_words() -> tuple[list[str], str]:
    """People's own words, the longest first, and all of them as one text."""
    words = {str(word) for column in OWN_WORDS for word in db.session.scalars(db.select(column))}
    for column in (Plan.source_lines, TaskEvent.data, Finding.alternatives):
        words |= {word for data in db.session.scalars(db.select(column)) for word in texts(data)}
    # Numbers of issued papers are printed as they were given.
    words |= {one.number for kind in (Slip, Card) for one in db.session.scalars(db.select(kind))}
    for xml in db.session.scalars(db.select(DesignVersion.xml)):
        words |= set(etree.fromstring(xml.encode()).xpath("//@name"))
    lines = {line.strip() for word in words for line in re.split(r"[\n\t]", word)}
    return sorted(lines - {""}, key=len, reverse=True), "\n".join(lines)


def texts(data: Any) -> Iterator[str]:
    """Every text inside stored data, however deep."""
    if isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from texts(one)
    elif isinstance(data, str):
        yield data


def foreign(text: str, words: Iterable[str], corpus: str) -> bool:
    """Whether Chinese is left in the text once people's words are taken out of it."""
    for word in words:
        text = text.replace(word, " ")
    text = NUMBERED.sub(" ", text)
    # Long titles are cut short, so what is left may still be the beginning of one.
    return any(len(run) < 6 or run not in corpus for run in CHINESE.findall(text))


def sentences(page: str) -> Iterator[str]:
    """Every text a page shows or says, but for the names of the other languages."""
    for element in html.document_fromstring(page).iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style"):
            continue
        if not element.get("lang", "en").startswith("zh"):
            yield from (str(text) for text in element.xpath("./text()"))
            yield from (element.get(name, "") for name in SPOKEN)
            yield from (value for name, value in element.items() if name.startswith("data-"))


def test_before_anybody_logs_in(app: Flask, cast: Cast) -> None:
    reader = Reader(app).reads(None, "/login", "/no-such-page")
    client = app.test_client()
    for answer in ({}, {"username": "nobody", "password": PASSWORD}):
        reader.sees("refused", client.post("/login?lang=en", data=answer).text)
    assert reader.found == {}


def test_a_draft_plan(app: Flask, cast: Cast) -> None:
    plan, bare = cast.imported(DIVIDED), cast.imported(UNDIVIDED)
    reader = Reader(app)
    for number in (plan, bare):
        pages = ("", "/review", "/review?only=problems", "/launch", "/rows/1", "/rows/1/edit")
        reader.reads(cast.county.office, *(f"/plans/{number}{page}" for page in pages))
    cast.settle_names(plan)
    for finding in cast.office.get(f"/plans/{plan}")["findings"]:
        if finding["assumed"] and not finding["settled"]:
            path = f"/plans/{plan}/findings/{finding['id']}"
            cast.office.post(path, {"choice": finding["assumed"]})
    reader.reads(cast.county.office, "/plans", "/plans/new", f"/plans/{plan}/review")
    client = log_in(app.test_client(), cast.county.office)
    reader.sees("no file", client.post("/plans/new?lang=en").text)
    reader.sees("no task", client.post(f"/plans/{plan}/rows/1/edit?lang=en").text)
    assert reader.found == {}


def test_a_plan_at_work(app: Flask, cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    divide(cast, plan)
    cooperate(cast, plan)
    report(cast)
    reader = Reader(app)
    pages = ("", "/rows/1", "/rows/2", "/launching")
    reader.reads(cast.county.office, *(f"/plans/{plan}{page}" for page in pages))
    lead, helper = "县供销合作社", "县财政局"
    for person in (cast.county.office, cast.county.clerks[lead], cast.county.heads[helper]):
        boxes = ("to_accept", "todo", "done")
        reader.reads(person, *(f"/?box={box}" for box in boxes), "/notifications", "/me")
    one_of_each = {(task.name, task.status): task for task in db.session.scalars(db.select(Task))}
    for task in one_of_each.values():
        holder = db.session.get(User, task.closed_by_id or cast.county.office.id)
        reader.reads(holder, f"/tasks/{task.id}", f"/processes/{task.instance_id}")
    assert reader.found == {}


def test_what_a_person_is_reminded_of(app: Flask, cast: Cast) -> None:
    cast.launched(DIVIDED)
    for day in (
        NOW,
        dt.datetime(2029, 12, 27, 1, tzinfo=dt.UTC),
        dt.datetime(2030, 3, 1, 1, tzinfo=dt.UTC),
    ):
        sweep(day)
    reader = Reader(app)
    for person in (cast.county.office, cast.county.clerks["县供销合作社"]):
        reader.reads(person, "/notifications")
        assert "is not done" in _open(log_in(app.test_client(), person), "/notifications")
    assert reader.found == {}


def test_what_a_person_may_not_do(app: Flask, cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    clerk = cast.county.clerks["县供销合作社"]
    [task] = db.session.scalars(db.select(Task.id).where(Task.title.contains("农合联")))
    reader = Reader(app).reads(clerk, f"/tasks/{task}", f"/plans/{plan}/review", "/me/password")
    client = log_in(app.test_client(), clerk)
    reader.sees("objection", client.post(f"/tasks/{task}?lang=en", data={"action": "object"}).text)
    reader.sees("nothing", client.post(f"/tasks/{task}?lang=en").text)
    assert reader.found == {}


def test_programs_are_answered_in_their_language(cast: Cast) -> None:
    plan = cast.imported(DIVIDED)
    english = {"Accept-Language": "en"}
    refused = cast.office.ask("POST", f"/plans/{plan}/launch", headers=english).get_json()
    assert refused["title"] == "Not acceptable"
    assert refused["detail"].startswith("The plan cannot be launched yet: The unit “青山县金融")
    wrong = cast.office.ask("PATCH", f"/plans/{plan}/rows/1", json={"due": "soon"}, headers=english)
    assert wrong.get_json()["errors"] == {"due": ["Write a date like 2027-12-31"]}
    whole = cast.office.ask("GET", f"/plans/{plan}", headers=english).get_json()
    assert whole["status_label"] == "Not launched"
