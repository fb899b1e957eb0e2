#!/usr/bin/env bash
# Collects the Chinese sentences from code and templates into the English catalogue.
# With --check: fails when one of them has no English, or a place in braces got lost.
set -eu
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
$bin/pybabel -q extract -F babel.cfg -k N_ -k _l -k lazy_gettext --no-location --sort-output --omit-header -o "$work/all.pot" . 
if [ "${1:-}" = --check ]; then
  exec $bin/python scripts/check_messages.py "$work/all.pot" sanwei_flow/translations/en/LC_MESSAGES/messages.po
fi
$bin/pybabel -q update --omit-header --no-fuzzy-matching --ignore-obsolete -N -i "$work/all.pot" -l en -d sanwei_flow/translations 
$bin/python scripts/check_messages.py "$work/all.pot" sanwei_flow/translations/en/LC_MESSAGES/messages.po || true
