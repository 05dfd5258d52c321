#!/bin/sh
# Installs the browsers that the tests drive, with their drivers, if they are missing: Chromium or Chrome, Firefox, and WebKit.
set -eu

has() { command -v "$1" >/dev/null; }

# The missing browsers, by the names of their Debian packages.
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
        echo "The tests drive Chrome and Firefox: install them with" \
            "\`brew install --cask google-chrome chromedriver firefox\`." >&2
    else
        echo "The tests drive Chromium, Firefox and WebKit: install them, on Debian with" \
            "\`sudo apt-get install $missing\`." >&2
    fi
fi

# Debian has no package of it. Without optimization it builds in a third of the time, and it has little to do.
if ! has geckodriver && { has firefox || has firefox-esr || [ -d /Applications/Firefox.app ]; }; then
    echo "Installing geckodriver 0.37.1 with cargo, once; it takes about two minutes."
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off cargo install --locked --version 0.37.1 geckodriver ||
        echo "The page is not tested in Firefox: geckodriver cannot be built." >&2
fi

# Most tests need Chromium, so its absence is an error. Tests say if they are skipped for want of another browser.
[ -z "$chromium" ] || { has chromedriver && { has chromium || has google-chrome; }; }
