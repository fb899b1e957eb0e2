#!/usr/bin/env bash
# Everything a reviewer would otherwise have to say. Each step runs even when one before it failed.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=()
step() {
  local name=$1
  shift
  echo "— $name"
  "$@" || failed+=("$name")
}

drift() {
  local folder
  folder=$(mktemp -d)
  DATABASE_URL="sqlite:///$folder/drift.db" SANWEI_INSTANCE=$folder $bin/flask --app wsgi db upgrade >/dev/null &&
    DATABASE_URL="sqlite:///$folder/drift.db" SANWEI_INSTANCE=$folder $bin/flask --app wsgi db check
  local status=$?
  rm -rf "$folder"
  return $status
}

step "format" $bin/ruff format --check --quiet .
step "lint" $bin/ruff check --quiet .
step "types" $bin/mypy
step "import rules" $bin/lint-imports
step "designs" $bin/flask --app wsgi design check workflows/*.bpmn workflows/*.dmn
step "migrations drift" drift
step "languages" scripts/messages.sh --check

if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}"
  exit 1
fi
echo "all checks passed"
