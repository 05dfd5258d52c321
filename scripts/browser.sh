#!/bin/sh
# Makes sure that the browser the tests drive is here: Chromium or Chrome, with its driver.
set -eu

missing=
[ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Chromium.app" ] ||
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="$missing chromium"
command -v chromedriver >/dev/null || missing="$missing chromium-driver"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing$missing from the system's packages."
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium chromium-driver
elif [ "$(uname)" = Darwin ]; then
    echo "The tests drive Chrome: install it and its driver by \`brew install --cask google-chrome chromedriver\`." >&2
    exit 1
else
    echo "The tests drive Chromium: install it and its driver, on Debian by \`sudo apt-get install chromium chromium-driver\`." >&2
    exit 1
fi
