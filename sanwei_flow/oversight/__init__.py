"""What the office decides with others (联席会商) and finds on the spot (督导检查, 回头看)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages and what rectifications ask for; the store spares the files kept here."""
    from sanwei_flow.processes import clearing, services
    from sanwei_flow.supervision import matters

    from . import file_views, inspection_views, linked, meeting_views, rechecking
    from .models import RecordFile

    services.register("oversight.keep_recheck", rechecking.keep_recheck)
    matters.also_about(linked.rows_of)
    clearing.also_kept_by(RecordFile.sha256)
    app.register_blueprint(meeting_views.bp)
    app.register_blueprint(inspection_views.bp)
    app.register_blueprint(file_views.bp)
