"""sanwei_flow: a county runs its issued work plan."""

import gc
from importlib import import_module
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import cli, db, refusals, storage, web
from .config import Config, load_config

#: Features that bring tables, pages, services or jobs; each has `init_app(app)` or nothing.
FEATURES = (
    "audit",
    "accounts",
    "calendars",
    "notifications",
    "designs",
    "processes",
    "plans",
    "supervision",
    "oversight",
    "closing",
    "reports",
    "handovers",
    "migrating",
    "inbox",
    "monitor",
    "designer",
    "scenarios",
    "api",
)


def create_app(config: Config | None = None) -> Flask:
    """Build the application: settings, database, frame, features, commands."""
    config = config or load_config()
    root = Path(__file__).resolve().parent
    app = Flask(
        __name__,
        template_folder=str(root.parent / "templates"),
        instance_path=str(config.instance_path),
    )
    app.config.from_mapping(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        MAX_CONTENT_LENGTH=config.max_upload,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        # A division among 500 units has four answers a row.
        MAX_FORM_PARTS=4000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        SANWEI=config,
    )
    app.config.from_mapping(config.overrides)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if config.proxies:
        proxies = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    # A rehearsal builds another one, around a database of its own.
    app.extensions["create_app"] = create_app
    app.extensions["vault"] = storage.vault_of(config)
    db.init_app(app)
    web.init_app(app)
    refusals.init_app(app)
    for name in FEATURES:
        feature = import_module(f".{name}", __name__)
        if hasattr(feature, "init_app"):
            feature.init_app(app)
    cli.init_app(app)
    if config.runner:
        from . import scheduler

        scheduler.start(app)
    return app


def settle() -> None:
    """Leave what the application consists of out of garbage collection, once it is built.

    It never becomes garbage; looking through it again and again cost each request a twentieth
    of its time. For processes that serve, not for commands and tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
