#!/bin/sh
# Tries the npm package of pkg/ in Node, TypeScript and a browser, as it is packed and installed, in target/npm/.
set -eu
cd "$(dirname "$0")/.."

command -v npm >/dev/null || { echo "The package is tried in Node.js: install it, on Debian with \`sudo apt-get install nodejs npm\`." >&2; exit 1; }

site=target/npm
mkdir -p "$site"
cp tests/npm/* "$site"
package=$(cd pkg && npm pack --silent --pack-destination "../$site")
cd "$site"
# Exactly the lock file's versions, unless they are installed already.
cmp -s package-lock.json node_modules/installed.json || {
    npm ci --ignore-scripts --no-audit --no-fund
    cp package-lock.json node_modules/installed.json
}
rm -rf node_modules/bottleneck-autoencoder node_modules/.vite
mkdir node_modules/bottleneck-autoencoder
tar -xzf "$package" -C node_modules/bottleneck-autoencoder --strip-components 1
node --test --test-reporter spec package.test.js
