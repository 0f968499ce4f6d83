#!/usr/bin/env bash
# Installs a Chromium for the browser tests: Debian's package where we may, Playwright's own elsewhere.
set -euo pipefail
bin=$1
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
  sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
"$bin/playwright" install chromium && exit 0
echo "The browser tests need Chromium: install your system's package 'chromium', then run make test again." >&2
exit 1
