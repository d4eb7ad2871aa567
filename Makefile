# The commands of this repository; `make help` lists them.
#
# The host library, the program and the tests build with the toolchain that is
# there. The component builds for wasm32-unknown-unknown, whose standard library
# `$(GUEST_ENV)` looks for and installs where it can.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
# The component and the program build side by side. Cargo has its own job
# control and is not to look for make's.
MAKEFLAGS += --jobs=2
unexport MAKEFLAGS MFLAGS

COMPONENT := dist/higress-provider.wasm
# The contract with its documentation, which the component does not carry.
WIT_PACKAGE := dist/model-provider-wit.wasm
GUEST_ENV := target/guest.env
SOURCES   := $(shell find src crates/provider-core crates/wire wit -type f) Cargo.toml Cargo.lock
# Other providers for the same contract, which the tests load.
EXAMPLES  := dist/ollama-provider.wasm dist/rule-provider.wasm
HOST      := target/debug/higress-host
# The Python libraries that `make bench` compares with. The stamp says that they
# are there, or that this machine cannot have them.
PEERS     := target/peers/made
PEERS_OF_PYTHON := dify_plugin==0.7.4 openai==3.57.0
COMPARE   = peers="$$(cat $(PEERS))"; cargo bench --locked --package higress-host --bench compare -- $${peers:+--python "$$peers"}

.PHONY: help demo test soak bench bench-quick instructions component example host reference lint features fmt clean

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(COMPONENT) host ## Run everything against the built-in gateway: no keys, no network
	@$(HOST) demo --component $(COMPONENT)

test: $(COMPONENT) $(EXAMPLES) ## All tests, and the component's size and imports
	@cargo test --workspace --locked

soak: $(COMPONENT) ## 1,000 tenants and 100,000 calls in one process: nothing crosses, nothing is left (minutes)
	@TENANTS=$${TENANTS:-1000} CALLS=$${CALLS:-100} cargo test --release --locked --package higress-host --test tenants -- --nocapture

bench: $(COMPONENT) $(PEERS) ## Compare with a native client and other libraries, and write docs/benchmarks.md (some twenty minutes)
	@$(COMPARE)

bench-quick: $(COMPONENT) $(PEERS) ## The same in less than three minutes, printed only
	@$(COMPARE) --quick

instructions: $(COMPONENT) ## Count the instructions of an event, a call and a signature (needs valgrind; some five minutes)
	@cargo bench --locked --package higress-host --bench compare -- --instructions

component: $(COMPONENT) $(WIT_PACKAGE) ## Build dist/higress-provider.wasm, and the contract as dist/model-provider-wit.wasm

example: $(EXAMPLES) ## Build the providers of examples/

# The example makes cargo resolve features with the dependencies of tests among
# them, so that `make test` reuses everything that is built here.
host: ## Build target/debug/higress-host
	@env -u CARGO_BUILD_TARGET cargo build --locked --workspace --bin higress-host --example embed

reference: ## Write docs/reference/ anew, from the manifest, the contract and the program's help
	@BLESS=1 cargo test --package higress-host --test it --locked -- the_reference_of

lint: ## Formatting, clippy, links of the documentation, and (where cargo-deny is installed) licences and sources
	@cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --workspace --locked
	if cargo deny --version >/dev/null 2>&1; then cargo deny --workspace check bans licenses sources; else echo "cargo-deny is not installed: skipped"; fi

# Sets of features that an embedder of the host library may choose.
FEATURES := ring ring,compiler ring,metrics ring,code-cache ring,compiler,code-cache,metrics aws-lc-rs,compiler

features: ## Check the host library with each set of its features
	@for features in $(FEATURES); do
	  echo "features: $$features"
	  cargo clippy --quiet --locked --package provider-host --no-default-features --features "$$features" -- -D warnings
	done

fmt: ## Format the sources
	@cargo fmt --all

clean: ## Remove what was built
	@rm -rf target dist

# Bytes of a component's own stack, which lies at the bottom of its memory. The
# linker's default of 1 MiB is more than the runtime keeps of a memory from one
# call to the next: every call had to map its pages again. To see what is needed,
# `make --always-make component STACK=65536` and run the tests `deep_json`: they
# are to pass with half of this.
STACK := 131072

# Builds the component of the package $(1) as $@.
define build_component
@source $(GUEST_ENV)
echo "$(1): building with $$GUEST_NAME"
env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS "$$GUEST_CARGO" rustc --package $(1) --lib --crate-type cdylib --locked \
  --profile component --target wasm32-unknown-unknown --target-dir target/guest $$GUEST_FLAGS \
  -- -C link-arg=--wasi-adapter=none -C "link-arg=--wasm-ld-path=$$GUEST_WASM_LD" -C link-arg=-zstack-size=$(STACK)
mkdir -p $(@D)
cp target/guest/wasm32-unknown-unknown/component/$(subst -,_,$(1)).wasm $@
echo "$(1): $@, $$(stat -c %s $@) bytes"
endef

$(COMPONENT): $(SOURCES) $(GUEST_ENV)
	$(call build_component,higress-provider)

dist/ollama-provider.wasm: $(shell find examples/ollama-provider wit -type f) Cargo.toml Cargo.lock $(GUEST_ENV)
	$(call build_component,ollama-provider)

dist/rule-provider.wasm: $(shell find examples/rule-provider wit -type f) Cargo.toml Cargo.lock $(GUEST_ENV)
	$(call build_component,rule-provider)

$(WIT_PACKAGE): $(shell find wit xtask -type f)
	@env -u CARGO_BUILD_TARGET cargo run --quiet --locked --package xtask -- wit-package $@

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

# Finds a standard library for wasm32-unknown-unknown: the first of
#  1. the active toolchain's, where the target is installed,
#  2. on Debian, as root: the packages of a rustc with its library sources, from
#     which cargo builds it,
#  3. rustup's, which it installs.
# Nothing is run with sudo. The linker, wasm-component-ld, comes with the
# toolchain; where it does not, it is built from crates.io.
$(GUEST_ENV): Makefile
	@mkdir -p $(@D)
	target=wasm32-unknown-unknown
	has_target() { [ -n "$$(find "$$(rustc --print target-libdir --target $$target 2>/dev/null)" -name 'libstd-*.rlib' 2>/dev/null)" ]; }
	has_debian() { [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -d /usr/lib/rustlib/src/rust/library/std ] \
	  && [ "$$(printf '1.95.0\n%s\n' "$$(/usr/bin/rustc --version | cut -d' ' -f2)" | sort -V | head -n1)" = 1.95.0 ]; }
	packages="rustc-web cargo-web rust-web-src lld-19"
	install_debian() { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
	  echo "set-up: installing Debian's $$packages"
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $$packages; } >>target/set-up.log 2>&1 && has_debian; }
	install_rustup() { command -v rustup >/dev/null && echo "set-up: rustup target add $$target" && rustup target add $$target && has_target; }
	command -v cargo >/dev/null || { echo "set-up: cargo is missing; install a stable Rust toolchain, 1.95 or later" >&2; exit 1; }
	cargo=cargo name="$$(rustc --version | cut -d' ' -f1-2)" flags=
	if ! has_target; then
	  if has_debian || install_debian; then
	    cargo=/usr/bin/cargo flags="-Zbuild-std=std,panic_abort -Zbuild-std-features=" name="Debian's $$(/usr/bin/rustc --version | cut -d' ' -f1-2), std from source"
	  elif ! install_rustup; then
	    echo "set-up: no standard library for $$target. One of these provides it:" >&2
	    echo "  rustup target add $$target" >&2
	    echo "  apt-get install $$packages   (as root; Debian 12 or later; log: target/set-up.log)" >&2
	    exit 1
	  fi
	fi
	tools="$$(rustc --print sysroot)/lib/rustlib/$$(rustc -vV | sed -n 's/^host: //p')/bin"
	first_of() { for candidate in "$$@"; do if [ -x "$$candidate" ]; then echo "$$candidate"; return; fi; done; }
	linker="$$(first_of "$$tools/wasm-component-ld" "$$(command -v wasm-component-ld || true)")"
	if [ -z "$$linker" ]; then
	  echo "set-up: installing wasm-component-ld, which this toolchain lacks"
	  cargo install --quiet --root target/tools wasm-component-ld
	  linker="$$PWD/target/tools/bin/wasm-component-ld"
	fi
	wasm_ld="$$(first_of "$$tools/gcc-ld/wasm-ld" /usr/bin/wasm-ld-19 "$$(command -v wasm-ld || true)")"
	[ -n "$$wasm_ld" ] || { echo "set-up: wasm-ld is missing; install lld" >&2; exit 1; }
	{
	  echo "GUEST_NAME=\"$$name\" GUEST_CARGO=$$cargo GUEST_FLAGS='$$flags' GUEST_WASM_LD='$$wasm_ld'"
	  echo "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER='$$linker'"
	  if [ -n "$$flags" ]; then echo "export RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc"; fi
	} > $@
	echo "set-up: the component builds with $$name"
