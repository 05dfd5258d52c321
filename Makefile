check:
	cargo clippy
test:
	cargo test
