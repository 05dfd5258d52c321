#!/bin/sh
# Runs Lighthouse on the built page, as a phone and as a desktop, served compressed as by a host. Needs Node.js.
set -eu
cd "$(dirname "$0")/.."

command -v npm >/dev/null || { echo "Lighthouse comes from npm: install Node.js first." >&2; exit 1; }
port=8082
reports=target/lighthouse
mkdir -p "$reports"
for browser in chromium google-chrome chrome; do
    ! command -v "$browser" >/dev/null || export CHROME_PATH="${CHROME_PATH:-$(command -v "$browser")}"
done

npm install --silent --no-fund --no-audit --prefix "$reports" serve@14 lighthouse@12
# Not by npx, which leaves the server running when it is killed.
"$reports/node_modules/.bin/serve" --no-port-switching --no-clipboard --listen "$port" dist >"$reports/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
until curl -fsS -o /dev/null "http://127.0.0.1:$port/" 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || { cat "$reports/server.log" >&2; exit 1; }
    sleep 1
done

for form in mobile desktop; do
    preset=
    [ "$form" = mobile ] || preset=--preset=desktop
    "$reports/node_modules/.bin/lighthouse" "http://127.0.0.1:$port/" $preset --quiet --output=json --output-path="$reports/$form.json" \
        --chrome-flags="--headless=new --no-sandbox --no-first-run --disable-background-networking"
    node -e '
        const { categories, audits } = JSON.parse(require("fs").readFileSync(process.argv[1]));
        const scores = Object.values(categories).map(({ title, score }) => `${title} ${Math.round(100 * score)}`);
        const times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"];
        console.log(`${process.argv[2]}: ${scores.join(", ")}`);
        console.log(times.map((name) => `  ${audits[name].title} ${audits[name].displayValue}`).join("\n"));
    ' "$reports/$form.json" "$form"
done
