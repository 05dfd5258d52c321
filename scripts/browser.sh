#!/bin/sh
# Makes sure that the browsers the tests drive are here, with their drivers: Chromium or Chrome, Firefox, and WebKit's own.
set -eu

has() { command -v "$1" >/dev/null; }

# The packages of Debian that are missing, and what is said where they cannot be installed.
missing=
[ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Chromium.app" ] ||
    has chromium || has google-chrome || missing="chromium"
has chromedriver || missing="$missing chromium-driver"
chromium=$missing
[ -d /Applications/Firefox.app ] || has firefox || has firefox-esr || missing="$missing firefox-esr"
if [ "$(uname)" = Linux ]; then
    has WebKitWebDriver || missing="$missing webkit2gtk-driver"
    has Xvfb || missing="$missing xvfb"
fi

if [ -n "$missing" ]; then
    if [ "$(id -u)" -eq 0 ] && has apt-get; then
        echo "Installing $missing from the system's packages."
        apt-get update
        # shellcheck disable=SC2086 # a list of words
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
    elif [ "$(uname)" = Darwin ]; then
        echo "The tests drive Chrome and Firefox: install them by" \
            "\`brew install --cask google-chrome chromedriver firefox\`." >&2
    else
        echo "The tests drive Chromium, Firefox and WebKit: install them, on Debian by" \
            "\`sudo apt-get install $missing\`." >&2
    fi
fi

# Debian has no package of it. It has little to do: unoptimized it is built in a third of the time.
if ! has geckodriver && { has firefox || has firefox-esr || [ -d /Applications/Firefox.app ]; }; then
    echo "Installing geckodriver 0.37.1 with cargo: once, for two minutes or so."
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off cargo install --locked --version 0.37.1 geckodriver ||
        echo "The page is not tested in Firefox: geckodriver cannot be built." >&2
fi

# Without Chromium hardly anything could be tested; what has to be left out elsewhere, the tests say.
[ -z "$chromium" ] || { has chromedriver && { has chromium || has google-chrome; }; }
