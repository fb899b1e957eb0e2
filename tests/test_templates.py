"""Rules that every template keeps, so that pages need no trust in scripts of their own."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from sanwei_flow.config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def tree_of(path: Path) -> nodes.Template:
    return Environment(extensions=["jinja2.ext.do"]).parse(path.read_text("utf-8"))


def imports_of(tree: nodes.Template) -> dict[str, str]:
    """The macros a template imports, each by the name it has there."""
    found = [name for line in tree.find_all(nodes.FromImport) for name in line.names]
    return dict((name[1], name[0]) if isinstance(name, tuple) else (name, name) for name in found)


#: What some template offers and another takes.
SHARED = {name for path in TEMPLATES for name in imports_of(tree_of(path)).values()}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_script_inline_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.findall(r"<script(?![^>]*\bsrc=)", text)
    assert not re.findall(
        r"\son(?:click|change|submit|input|load|error|key\w+|focus|blur)\s*=", text
    )
    assert "javascript:" not in text
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_posted_form_carries_a_token(path: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", path.read_text("utf-8"), re.DOTALL):
        if re.search(r"""method=["']post["']""", form):
            assert re.search(r"csrf_token|token\(\)", form), form[:120]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_imports_the_macros_it_calls_and_no_others(path: Path) -> None:
    tree = tree_of(path)
    called = {
        one.node.name for one in tree.find_all(nodes.Call) if isinstance(one.node, nodes.Name)
    }
    own = {macro.name for macro in tree.find_all(nodes.Macro)}
    imported = set(imports_of(tree))
    assert imported <= called
    assert (called & SHARED) - own <= imported


def test_every_stage_of_a_shipped_design_has_words_and_a_colour(app: Flask) -> None:
    designs = [path.read_text("utf-8") for path in (ROOT / "workflows").glob("*.bpmn")]
    stages = {one for text in designs for one in re.findall(r'name="stage" value="(\w+)"', text)}
    with app.test_request_context():
        status = app.jinja_env.get_template("macros/status.html").module
        assert [one for one in stages if status.words_of(one).strip() == one] == []
        assert [one for one in stages if one not in status.LOOKS] == []
