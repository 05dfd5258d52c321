#!/bin/sh
# Sees to the browser that the tests drive: Chromium and its driver.
set -eu

missing=
command -v chromium >/dev/null || missing="$missing chromium"
command -v chromedriver >/dev/null || missing="$missing chromium-driver"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing$missing from the system's packages."
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium chromium-driver
else
    echo "The tests drive Chromium: install it with its driver, on Debian by \`sudo apt-get install chromium chromium-driver\`." >&2
    exit 1
fi
