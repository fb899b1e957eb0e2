"""Rules that every template keeps, so that pages need no trust in scripts of their own."""

import re
from pathlib import Path

import pytest

from sanwei_flow.config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


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
