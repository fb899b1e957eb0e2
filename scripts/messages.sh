#!/usr/bin/env bash
# Collects the Chinese sentences from code and templates into the English catalogue.
# With --check: changes nothing; fails when one of them has no English, or a place in braces got lost.
set -eu
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/pybabel" -q extract -F babel.cfg -k N_ -k _l -k lazy_gettext --no-location --omit-header -o "$work/all.pot" .
"$bin/python" scripts/check_messages.py "$work/all.pot" sanwei_flow/translations/en/LC_MESSAGES/messages.po "$@"
