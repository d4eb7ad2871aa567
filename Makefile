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

COMPONENT := dist/higress-provider.wasm
GUEST_ENV := target/guest.env
# The compact form of SHA-256: 6 KB less. As in .cargo/config.toml, which a
# variable of the environment replaces.
GUEST_RUSTFLAGS := --cfg sha2_backend_soft=\"compact\"
SOURCES   := $(shell find src crates/provider-core crates/wire wit xtask -type f) Cargo.toml Cargo.lock .cargo/config.toml
# A second provider for the same contract, which the tests load.
EXAMPLE   := dist/ollama-provider.wasm
EXAMPLE_SOURCES := $(shell find examples/ollama-provider wit xtask -type f) Cargo.toml Cargo.lock .cargo/config.toml
HOST      := target/debug/higress-host
# The Python libraries that `make bench` compares with. The stamp says that they
# are there, or that this machine cannot have them.
PEERS     := target/peers/made
PEERS_OF_PYTHON := dify_plugin==0.7.4 openai==3.57.0
COMPARE   = peers="$$(cat $(PEERS))"; cargo bench --locked --package higress-host --bench compare -- $${peers:+--python "$$peers"}

.PHONY: help demo test soak bench bench-quick component example host reference lint fmt clean

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(COMPONENT) host ## Run everything against the built-in gateway: no keys, no network
	@$(HOST) demo --component $(COMPONENT)

test: $(COMPONENT) $(EXAMPLE) ## All tests, and the component's size and imports
	@cargo test --workspace --locked

soak: $(COMPONENT) ## 1,000 tenants and 100,000 calls in one process: nothing crosses, nothing is left (minutes)
	@TENANTS=$${TENANTS:-1000} CALLS=$${CALLS:-100} cargo test --release --locked --package higress-host --test tenants -- --nocapture

bench: $(COMPONENT) $(PEERS) ## Compare with a native client and other libraries, and write docs/benchmarks.md (some twenty minutes)
	@$(COMPARE)

bench-quick: $(COMPONENT) $(PEERS) ## The same in less than three minutes, printed only
	@$(COMPARE) --quick

component: $(COMPONENT) ## Build dist/higress-provider.wasm

example: $(EXAMPLE) ## Build dist/ollama-provider.wasm, a second provider

host: ## Build target/debug/higress-host
	@env -u CARGO_BUILD_TARGET cargo build --locked --package higress-host --bin higress-host --target-dir target

reference: ## Write docs/reference/ anew, from the manifest, the contract and the program's help
	@BLESS=1 cargo test --package higress-host --test reference --locked -- the_reference_of

lint: ## Formatting, clippy, and (where cargo-deny is installed) licences and sources
	@cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	if cargo deny --version >/dev/null 2>&1; then cargo deny --workspace check bans licenses sources; else echo "cargo-deny is not installed: skipped"; fi

fmt: ## Format the sources
	@cargo fmt --all

clean: ## Remove what was built
	@rm -rf target dist

# Builds the component of the package $(1) as $@.
define build_component
@source $(GUEST_ENV)
echo "$(1): building with $$GUEST_NAME"
env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS "$$GUEST_CARGO" rustc --package $(1) --lib --crate-type cdylib --locked \
  --profile component --target wasm32-unknown-unknown --target-dir target/guest $$GUEST_FLAGS \
  -- -C link-arg=--wasi-adapter=none -C "link-arg=--wasm-ld-path=$$PWD/xtask/wasm-ld"
mkdir -p $(@D)
env -u RUSTC -u RUSTDOC -u RUSTC_BOOTSTRAP cargo run --quiet --package xtask --locked --target-dir target/xtask -- strip target/guest/wasm32-unknown-unknown/component/$(subst -,_,$(1)).wasm $@
echo "$(1): $@, $$(stat -c %s $@) bytes"
endef

$(COMPONENT): $(SOURCES) $(GUEST_ENV)
	$(call build_component,higress-provider)

$(EXAMPLE): $(EXAMPLE_SOURCES) $(GUEST_ENV)
	$(call build_component,ollama-provider)

# Where Python or its packages cannot be had, the stamp is empty; `rm -r target/peers` tries again.
$(PEERS): Makefile
	@mkdir -p $(@D)
	if python3 -m venv target/peers/env >target/peers/log 2>&1 \
	  && echo "bench: installing $(PEERS_OF_PYTHON) into target/peers/env" \
	  && target/peers/env/bin/pip install --quiet $(PEERS_OF_PYTHON) >>target/peers/log 2>&1; then
	  echo "$$PWD/target/peers/env/bin/python" > $@
	else
	  echo "bench: skipping the Python peers, which need python3 with venv and pip, and a package index (target/peers/log)" >&2
	  : > $@
	fi

# Finds a way to build for wasm32-unknown-unknown: the first of
#  1. the active toolchain, if it has the sources of the standard library,
#  2. Debian's rustc for the web with its library sources,
#  3. the active toolchain, with the sources as rustup can install them,
#  4. the active toolchain, with the target as it is installed.
# The first three build the standard library for size, but for what compares and
# searches bytes, and with panics that trap at once. The last cannot: it makes
# the component a tenth larger.
# All link with wasm-component-ld, which comes with the stable toolchain, and
# through xtask/wasm-ld, which lets wasm-opt shrink the module.
$(GUEST_ENV): Makefile
	@mkdir -p $(@D)
	triple=wasm32-unknown-unknown
	as_root() { if [ "$$(id -u)" = 0 ]; then "$$@"; else sudo "$$@"; fi; }
	has_target() { [ -n "$$(find "$$(rustc --print target-libdir --target $$triple 2>/dev/null)" -name 'libstd-*.rlib' 2>/dev/null)" ]; }
	has_sources() { [ -d "$$(rustc --print sysroot)/lib/rustlib/src/rust/library/std" ]; }
	has_debian() { [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -d /usr/lib/rustlib/src/rust/library/std ] \
	  && [ "$$(printf '1.95.0\n%s\n' "$$(/usr/bin/rustc --version | cut -d' ' -f2)" | sort -V | head -n1)" = 1.95.0 ]; }
	install_from_debian() { command -v apt-get >/dev/null || return 1
	  echo "set-up: installing Debian's $$*"
	  { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$$@"; } >>target/set-up.log 2>&1; }
	install_debian() { install_from_debian rustc-web cargo-web rust-web-src lld-19 && has_debian; }
	install_rustup() { command -v rustup >/dev/null && echo "set-up: rustup component add rust-src" && rustup component add rust-src && has_sources; }
	command -v cargo >/dev/null || { echo "set-up: cargo is missing; install a stable Rust toolchain, 1.95 or later" >&2; exit 1; }
	cargo=cargo compiler="$$(rustc --version | cut -d' ' -f1-2)"
	from_sources="-Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size" flags=
	for fast in core compiler_builtins; do from_sources+=" --config profile.component.package.$$fast.opt-level=3"; done
	if has_sources; then
	  flags="$$from_sources" name="$$compiler, std from source"
	elif has_debian || { ! has_target && install_debian; }; then
	  cargo=/usr/bin/cargo flags="$$from_sources" name="Debian's $$(/usr/bin/rustc --version | cut -d' ' -f1-2), std from source"
	elif install_rustup; then
	  flags="$$from_sources" name="$$compiler, std from source"
	elif has_target; then
	  name="$$compiler and its installed target; with the component rust-src it would be smaller"
	else
	  echo "set-up: no standard library for $$triple. One of these would do:" >&2
	  echo "  rustup component add rust-src" >&2
	  echo "  apt-get install rustc-web cargo-web rust-web-src lld-19   (Debian 12, rustc 1.95 or later; log: target/set-up.log)" >&2
	  exit 1
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
	optimizer="$$(command -v wasm-opt || true)"
	if [ -z "$$optimizer" ]; then
	  if install_from_debian binaryen; then
	    optimizer="$$(command -v wasm-opt)"
	  elif echo "set-up: building wasm-opt from crates.io, some minutes" && cargo install --quiet --root target/tools wasm-opt; then
	    optimizer="$$PWD/target/tools/bin/wasm-opt"
	  else
	    echo "set-up: no wasm-opt; the component will be a tenth larger. Install binaryen to mend that." >&2
	  fi
	fi
	{
	  echo "GUEST_NAME=\"$$name\" GUEST_CARGO=$$cargo GUEST_FLAGS='$$flags'"
	  echo "export GUEST_WASM_LD='$$wasm_ld' GUEST_WASM_OPT='$$optimizer'"
	  if [ -n "$$flags" ]; then echo "export RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS='$(GUEST_RUSTFLAGS) -Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none'"; fi
	  echo "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER='$$linker'"
	  if [ "$$cargo" = /usr/bin/cargo ]; then echo "export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc"; fi
	} > $@
	echo "set-up: the component will be built with $$name"
