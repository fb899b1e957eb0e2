"""The WSGI entry point: `flask --app wsgi …`, `gunicorn wsgi:app`."""

from sanwei_flow import create_app, settle

app = create_app()
settle()
