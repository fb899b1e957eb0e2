"""The frame and its parts in a real browser, on both themes and widths."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from sanwei_flow import create_app
from sanwei_flow.accounts.models import Role
from sanwei_flow.config import load_config
from sanwei_flow.db import db, transaction
from tests.browser import styleguide
from tests.browser.conftest import check_access, check_width, log_in, shot
from tests.browser.serving import serving
from tests.factories import PASSWORD, make_unit, make_user

NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application of its own: it carries a page that the product does not have."""
    folder: Path = tmp_path_factory.mktemp("styled")
    app = create_app(load_config(instance_path=folder, database_url="", secret_key="test"))
    app.register_blueprint(styleguide.bp)
    with app.app_context():
        db.create_all()
        with transaction():
            unit = make_unit("县供销合作社")
            make_user(unit, (Role.staff, Role.office), username="xiongmei", name="熊梅")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def address(styled: Flask) -> Iterator[str]:
    with serving(styled) as address:
        yield address


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_parts_are_accessible_and_fit(
    new_page: NewPage, address: str, theme: str, width: int
) -> None:
    page = new_page(width=width, theme=theme)
    log_in(page, address, "xiongmei", PASSWORD)
    page.goto(f"{address}/styleguide")
    shot(page, f"styleguide-{theme}-{width}", full=True)
    check_access(page)
    check_width(page)
