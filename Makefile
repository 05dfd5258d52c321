# `make serve` and `make test` are all you need; each installs what is missing. `make help` lists the rest.

.DEFAULT_GOAL := help

cargo_bin := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin
export PATH := $(cargo_bin):$(PATH)

wasm := --target wasm32-unknown-unknown
trunk_flags := --release --locked --skip-version-check

.PHONY: help serve dist single npm test test-npm fuzz check measure lighthouse bench bench-page bench-tensorflow bench-site data tools browser

# Lists the commands.
help:
	@awk '/^# /{text = substr($$0, 3)} /^[a-z-]+:/{if (text) printf "make %-17s %s\n", substr($$1, 1, index($$1, ":") - 1), text; text = ""} /^$$/{text = ""}' Makefile

HOST ?= 127.0.0.1
PORT ?= 8080

# Serves the page on http://$HOST:$PORT (127.0.0.1:8080), and builds it again whenever a source changes.
serve: tools data
	@echo "Building; then Bottleneck is at http://$(HOST):$(PORT)"
	trunk serve $(trunk_flags) --address $(HOST) --port $(PORT)

# Builds the page as static files in dist/, for any host and any sub-path.
dist: tools data
	trunk build $(trunk_flags)

# Builds the page as one HTML file, dist/bottleneck.html, which needs no server.
single: dist
	cargo run --locked --example single

# Builds the library for other people's pages, as an npm package in pkg/ for `npm pack`.
npm: tools
	scripts/npm.sh

# Runs all tests: wasm in the browser, then native ones and the page itself.
test: single browser
	CHROMEDRIVER="$$(command -v chromedriver)" WASM_BINDGEN_TEST_TIMEOUT=180 cargo test --locked $(wasm) --features js --lib --test wasm --test js --test bits
	cargo test --locked

# Tries the npm package in Node, in TypeScript, and in Chromium without a bundler, with esbuild and with Vite.
test-npm: npm browser
	scripts/test-npm.sh

# Tests every parser with $FUZZ mutated inputs (ten million), from the seed $FUZZ_SEED (1).
fuzz: export FUZZ ?= 10000000
fuzz:
	cargo test --locked --test fuzz -- --nocapture --test-threads=1

# Checks formatting, lints and documentation, natively and for the browser; warnings are errors.
check: tools
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked $(wasm) --lib --bins -- -D warnings
	cargo clippy --locked $(wasm) --features js --lib --test wasm --test js --test bits -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --lib --features js $(wasm)

# Measures the page for docs/figures.md in each browser, with the settings of $FRAGMENT, and the library alone.
measure: dist npm browser
	cargo run --locked --example measure

# Runs Lighthouse on the page, as a phone and as a desktop.
lighthouse: dist browser
	scripts/lighthouse.sh

# Compares other libraries and ours on one page in headless Chromium, in $ROUNDS rounds (3); the tables are in target/bench/.
bench: bench-site browser
	cargo run --locked --example bench

# Serves that page on http://127.0.0.1:8081/page/.
bench-page: bench-site
	cargo run --locked --example bench -- --serve

# Compares native TensorFlow and ours, on one thread each and on all.
bench-tensorflow: data
	scripts/tensorflow.sh

# Assembles what `make bench` serves: the page, MNIST, and the other libraries from npm.
bench-site: npm data
	scripts/bench.sh

# Puts MNIST under www/data/, from $MNIST_DIR or a mirror; and from $FASHION_MNIST_DIR and $KMNIST_DIR what the page then offers too.
data:
	@scripts/data.sh

# Installs the tools that build the page, at pinned versions.
tools:
	@scripts/tools.sh

# Installs the browsers that the tests drive, and their drivers.
browser:
	@scripts/browser.sh
