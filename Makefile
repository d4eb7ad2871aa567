# The commands of this repository; `make help` lists them.
#
# Two toolchains are at work. The host (host-test/) builds with the stable
# toolchain that is there. The component (src/) needs the standard library for
# wasm32-unknown-unknown, which `guest-toolchain` looks for, and otherwise
# installs or builds; it writes down what it found in target/guest.env.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

COMPONENT := dist/higress_provider.wasm
GUEST_ENV := target/guest.env
SOURCES   := $(shell find src wit xtask -type f) Cargo.toml Cargo.lock .cargo/config.toml
HOST      := target/release/higress-host

.PHONY: help demo test component host lint fmt clean

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(COMPONENT) host ## Run everything against the built-in gateway: no keys, no network
	@$(HOST) demo --component $(COMPONENT)

test: $(COMPONENT) ## All tests, and the component's size and imports
	@cargo test --workspace --locked

component: $(COMPONENT) ## Build dist/higress_provider.wasm

host: ## Build target/release/higress-host
	@cargo build --release --locked --package higress-host --bin higress-host

lint: ## Formatting, clippy, and (where cargo-deny is installed) licences and sources
	@cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	if cargo deny --version >/dev/null 2>&1; then cargo deny --workspace check bans licenses sources; else echo "cargo-deny is not installed: skipped"; fi

fmt: ## Format the sources
	@cargo fmt --all

clean: ## Remove what was built
	@rm -rf target dist

$(COMPONENT): $(SOURCES) $(GUEST_ENV)
	@source $(GUEST_ENV)
	echo "component: building with $$GUEST_NAME"
	"$$GUEST_CARGO" rustc --package higress-model-provider --lib --crate-type cdylib --locked \
	  --profile component --target wasm32-unknown-unknown --target-dir target/guest $$GUEST_FLAGS \
	  -- -C link-arg=--wasi-adapter=none -C "link-arg=--wasm-ld-path=$$GUEST_WASM_LD"
	mkdir -p dist
	env -u RUSTC -u RUSTDOC -u RUSTC_BOOTSTRAP cargo run --quiet --package xtask --locked --target-dir target/xtask -- strip target/guest/wasm32-unknown-unknown/component/higress_provider.wasm $@
	echo "component: $@, $$(stat -c %s $@) bytes"

# Finds a way to build for wasm32-unknown-unknown: the first of
#  1. the target as installed for the active toolchain,
#  2. Debian's rustc for the web with its library sources, std built from them,
#  3. the target as rustup can install it.
# All three link with wasm-component-ld, which comes with the stable toolchain.
$(GUEST_ENV): Makefile
	@mkdir -p $(@D)
	triple=wasm32-unknown-unknown
	as_root() { if [ "$$(id -u)" = 0 ]; then "$$@"; else sudo "$$@"; fi; }
	has_target() { [ -n "$$(find "$$(rustc --print target-libdir --target $$triple 2>/dev/null)" -name 'libstd-*.rlib' 2>/dev/null)" ]; }
	has_debian() { [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -d /usr/lib/rustlib/src/rust/library/std ] \
	  && [ "$$(printf '1.95.0\n%s\n' "$$(/usr/bin/rustc --version | cut -d' ' -f2)" | sort -V | head -n1)" = 1.95.0 ]; }
	install_debian() { command -v apt-get >/dev/null || return 1
	  echo "set-up: installing Debian's rustc-web cargo-web rust-web-src lld-19"
	  { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends rustc-web cargo-web rust-web-src lld-19; } >target/set-up.log 2>&1 && has_debian; }
	install_rustup() { command -v rustup >/dev/null && echo "set-up: rustup target add $$triple" && rustup target add $$triple && has_target; }
	command -v cargo >/dev/null || { echo "set-up: cargo is missing; install a stable Rust toolchain, 1.95 or later" >&2; exit 1; }
	cargo=cargo flags= name="the installed target $$triple"
	if ! has_target; then
	  if has_debian || install_debian; then
	    cargo=/usr/bin/cargo flags="-Zbuild-std=std,panic_abort" name="Debian's $$(/usr/bin/rustc --version | cut -d' ' -f1-2), std from source"
	  elif ! install_rustup; then
	    echo "set-up: no standard library for $$triple. One of these would do:" >&2
	    echo "  rustup target add $$triple" >&2
	    echo "  apt-get install rustc-web cargo-web rust-web-src lld-19   (Debian 12, rustc 1.95 or later; log: target/set-up.log)" >&2
	    exit 1
	  fi
	fi
	tools="$$(rustc --print sysroot)/lib/rustlib/$$(rustc -vV | sed -n 's/^host: //p')/bin"
	linker="$$tools/wasm-component-ld"
	if [ ! -x "$$linker" ]; then linker="$$(command -v wasm-component-ld || true)"; fi
	if [ -z "$$linker" ]; then
	  echo "set-up: installing wasm-component-ld, which this toolchain lacks"
	  cargo install --quiet --root target/tools wasm-component-ld
	  linker="$$PWD/target/tools/bin/wasm-component-ld"
	fi
	wasm_ld=
	for candidate in "$$tools/gcc-ld/wasm-ld" /usr/bin/wasm-ld-19 "$$(command -v wasm-ld || true)"; do
	  if [ -z "$$wasm_ld" ] && [ -x "$$candidate" ]; then wasm_ld="$$candidate"; fi
	done
	[ -n "$$wasm_ld" ] || { echo "set-up: wasm-ld is missing; install lld" >&2; exit 1; }
	{
	  echo "GUEST_NAME=\"$$name\" GUEST_CARGO=$$cargo GUEST_FLAGS='$$flags' GUEST_WASM_LD='$$wasm_ld'"
	  echo "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER='$$linker'"
	  if [ "$$cargo" = /usr/bin/cargo ]; then echo "export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1"; fi
	} > $@
	echo "set-up: the component will be built with $$name"
