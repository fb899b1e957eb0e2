"""The WSGI entry point: `flask --app wsgi …`, `granian --interface wsgi wsgi:app`."""

from sanwei_flow import create_app, settle

app = create_app()
settle()
