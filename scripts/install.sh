#!/usr/bin/env bash
# install.sh postgresql|chromium …: installs what is missing from Debian's packages; says so when it cannot.
set -eu

present() {
  case $1 in
  postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
  chromium) command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi "cjk" ;;
  esac
}

packages() {
  case $1 in
  postgresql) echo postgresql ;;
  chromium) echo chromium fontconfig fonts-noto-cjk ;;
  esac
}

for name in "$@"; do
  present "$name" && continue
  command -v apt-get >/dev/null || { echo "Please install $name: this machine has no apt-get." >&2; exit 1; }
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  echo "Installing $name from Debian's packages" >&2
  $sudo apt-get update -qq >&2
  # shellcheck disable=SC2046
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $(packages "$name") >&2
  present "$name" || { echo "$name is still missing after its installation." >&2; exit 1; }
done
