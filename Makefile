# SPDX-License-Identifier: GPL-3.0-or-later
# Makefile - the only build file.  `make list` shows the targets.
#
# Objects of each set of flags live in a folder of their own, build/VARIANT-CHECKSUM, so that variants never mix.
# From the user: CC, CPPFLAGS, CFLAGS, LDFLAGS, PREFIX, DESTDIR; WERROR=1, V=1 (show commands), NO_DEPS=1.

VERSION := $(shell sed -n 's/^\#define SPENDCAST_VERSION "\(.*\)"$$/\1/p' include/spendcast/spendcast.h)

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: FORCE
FORCE:

SHELL := /bin/bash
ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin AR),default)
AR := ar
endif
Q := $(if $(filter 1,$(V)),,@)

.DEFAULT_GOAL := all

# ---- flags

VARIANT ?= release
ifneq ($(filter clang tsan fuzz coverage,$(VARIANT)),)
CC := clang
endif

hardening := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
link_hardening := -pie -Wl,-z,relro,-z,now

variant_release := -O3 -g -DNDEBUG $(hardening)
variant_clang := $(variant_release)
variant_debug := -O0 -g3
variant_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
variant_tsan := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
variant_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
variant_coverage := -O0 -g -fprofile-instr-generate -fcoverage-mapping
link_release := $(link_hardening)
link_clang := $(link_hardening)
link_asan := -fsanitize=address,undefined
link_tsan := -fsanitize=thread
link_fuzz := -fsanitize=fuzzer,address,undefined
link_coverage := -fprofile-instr-generate
ifndef variant_$(VARIANT)
$(error VARIANT '$(VARIANT)' is not one of release, debug, asan, tsan, clang, fuzz, coverage)
endif

# Relaxed floating point would change the results; with it at link time, even those of code that was compiled without.
relaxed := $(filter -ffast-math -Ofast -funsafe-math-optimizations -ffinite-math-only -freciprocal-math \
    -fassociative-math,$(CFLAGS) $(CPPFLAGS) $(LDFLAGS))
ifneq ($(relaxed),)
$(error $(relaxed) would change the results; take it out of CFLAGS)
endif

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wformat=2 -Wcast-qual \
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wvla -Wundef -Wswitch \
    -Wimplicit-fallthrough -Wdate-time $(if $(filter 1,$(WERROR)),-Werror)

# What the code means: last on the command line, so that no CFLAGS can take it back.
semantics := -std=gnu11 -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-common -fvisibility=hidden -fopenmp

# pkg-config may be missing until `make deps` has run, so that a failure here is not yet an error.
pkg_cflags := $(shell pkg-config --cflags gsl libcjson cunit 2>/dev/null)
lib_libs := $(or $(shell pkg-config --libs libcjson gsl 2>/dev/null),-lcjson -lgsl -lgslcblas) -lcsv -lmd -lz -lglpk -lm
test_libs := $(or $(shell pkg-config --libs cunit 2>/dev/null),-lcunit)

all_cppflags := -Iinclude -Isrc $(pkg_cflags) $(CPPFLAGS)
all_cflags := $(warnings) $(variant_$(VARIANT)) $(CFLAGS) $(semantics)
all_ldflags := $(link_$(VARIANT)) -Wl,--as-needed $(LDFLAGS) -fopenmp

quote = '$(subst ','\'',$(1))'
BUILD := build/$(VARIANT)-$(shell printf '%s' $(call quote,$(CC) $(all_cppflags) $(all_cflags) $(all_ldflags)) | \
    cksum | cut -d' ' -f1)

# ---- files

lib_src := $(sort $(filter-out src/cli/%,$(wildcard src/*/*.c)))
cli_src := $(sort $(wildcard src/cli/*.c))
unit_src := $(sort $(wildcard tests/unit/*.c))
fuzz_src := $(sort $(wildcard tests/fuzz/fuzz_*.c))
bench_src := $(sort $(wildcard tests/bench/*.c))
oracle_src := $(sort $(wildcard tests/oracle/*.c))
embedded := $(sort $(wildcard pricing/*.csv plots/*.gp))
public_headers := $(sort $(wildcard include/spendcast/*.h))

object = $(patsubst %.c,$(BUILD)/%.o,$(1))
lib_obj := $(call object,$(lib_src)) $(BUILD)/embedded.o
library := $(BUILD)/libspendcast.a
program := $(BUILD)/spendcast
unit := $(BUILD)/unit
fuzz_targets := $(fuzz_src:tests/fuzz/%.c=%)
fuzz_programs := $(fuzz_targets:%=$(BUILD)/%)

say = $(if $(Q),printf '  %-6s %s\n' '$(1)' '$(2)';)

# ---- building

## all: the program build/spendcast and the library build/libspendcast.a (default)
.PHONY: all
all: build/spendcast build/libspendcast.a

# Compared by inode, not by time: after a change of flags an older file may be the right one.
build/spendcast: $(program) FORCE
	@[ $< -ef $@ ] || ln -f $< $@
build/libspendcast.a: $(library) FORCE
	@[ $< -ef $@ ] || ln -f $< $@

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(call say,CC,$<)$(CC) $(all_cppflags) $(all_cflags) -MMD -MP -c $< -o $@ || $(hint)

# Said once, where the first header of a missing library stops the compiler.
hint := { bash tests/tools/deps.sh --check || true; exit 1; }

# The lists are files so that adding or removing a source file rebuilds what holds it.
$(BUILD)/library.list $(BUILD)/embedded.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(list) | cmp -s - $@ || printf '%s\n' $(list) >$@
$(BUILD)/library.list: list = $(lib_obj)
$(BUILD)/embedded.list: list = $(embedded)

$(BUILD)/embedded.c: src/base/embed.sh $(embedded) $(BUILD)/embedded.list
	$(Q)$(call say,EMBED,$@)sh src/base/embed.sh $(embedded) >$@
$(BUILD)/embedded.o: $(BUILD)/embedded.c $(embedded)
	$(Q)$(call say,CC,$<)$(CC) $(all_cppflags) $(all_cflags) -MMD -MP -c $< -o $@

$(library): $(lib_obj) $(BUILD)/library.list
	@rm -f $@
	$(Q)$(call say,AR,$@)$(AR) rcsD $@ $(lib_obj)

link = $(call say,LD,$@)$(CC) $(all_cflags) $(all_ldflags) $(filter %.o %.a,$^) $(1) $(lib_libs) -o $@
$(program): $(call object,$(cli_src)) $(library)
	$(Q)$(link)
$(unit): $(call object,$(unit_src)) $(library)
	$(Q)$(call link,$(test_libs))
$(fuzz_programs): $(BUILD)/%: $(BUILD)/tests/fuzz/%.o $(library)
	$(Q)$(link)
# libFuzzer brings its own main; all other variants replay inputs.
ifneq ($(VARIANT),fuzz)
$(fuzz_programs): $(BUILD)/tests/fuzz/replay_main.o
endif
$(BUILD)/bench: $(call object,$(bench_src)) $(library)
	$(Q)$(link)
$(BUILD)/backtest_profile: $(call object,tests/tools/backtest_profile.c) $(library)
	$(Q)$(link)
$(BUILD)/check_oracle: $(call object,$(oracle_src)) $(library)
	$(Q)$(link)

-include $(patsubst %.o,%.d,$(lib_obj) $(call object,$(cli_src) $(unit_src) $(fuzz_src) tests/fuzz/replay_main.c \
    $(bench_src) $(oracle_src) tests/tools/backtest_profile.c))

## debug: the program without optimisation and with assertions
.PHONY: debug
debug:
	$(Q)+$(MAKE) VARIANT=debug variant-program
.PHONY: variant-program variant-tests
variant-program: $(program)
	@echo $(program)
variant-tests: $(program) $(unit) $(fuzz_programs) $(BUILD)/check_oracle
	@:

## deps: install the Debian packages that are missing; DEPS=ci adds those for the checks
.PHONY: deps
deps:
	$(Q)bash tests/tools/deps.sh $(DEPS)

# Parallel unless the caller already said how many jobs.  Evaluated in recipes only, where MAKEFLAGS is complete.
jobs = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
install_deps = $(if $(filter 1,$(NO_DEPS)),true,bash tests/tools/deps.sh)

## demo: install what is missing, build, and run the main job into build/demo
.PHONY: demo
demo:
	$(Q)$(install_deps)
	$(Q)+$(MAKE) $(jobs) all
	$(Q)sh tests/tools/demo.sh

# ---- tests: each layer ends with a line "LAYER: N passed, N failed, N skipped"

# Data that may not be redistributed; tests that need it say how many cases they left out.
TEST_DATA ?= ../shared/data
export SPENDCAST_TEST_DATA := $(TEST_DATA)

layers := unit golden readme invalid replay determinism oracle

## test: every layer below, under 5 minutes; the last line is the sum
.PHONY: test
test:
	$(Q)$(install_deps)
	$(Q)+$(MAKE) $(jobs) all variant-tests
	$(Q)+MAKE='$(MAKE)' bash tests/tools/run_layers.sh $(layers)

## unit: CUnit suites; SUITES='decimal date' picks some
.PHONY: unit
unit: $(unit)
	$(Q)$(unit) $(SUITES)

## golden: commands with exact output; UPDATE=1 writes what is printed now
.PHONY: golden
golden: $(program)
	$(Q)bash tests/run_golden.sh golden $(program) tests/golden

## readme: every command that README.md shows prints what stands there
.PHONY: readme
readme: $(program)
	$(Q)bash tests/readme.sh $(program)

## invalid: bad inputs with exact messages; UPDATE=1 as above
.PHONY: invalid
invalid: $(program)
	$(Q)bash tests/run_golden.sh invalid $(program) tests/invalid

## replay: every fuzz target over its corpus
.PHONY: replay
replay: $(fuzz_programs)
	$(Q)bash tests/fuzz/replay.sh $(fuzz_programs)

## determinism: same bytes for any number of threads, CPU features and compiler
.PHONY: determinism
determinism: $(program)
	$(Q)+MAKE='$(MAKE)' bash tests/determinism.sh $(program)

## oracle: the simulator against a brute-force one, few trials
ORACLE ?= --quick
.PHONY: oracle
oracle: $(BUILD)/check_oracle
	$(Q)$(BUILD)/check_oracle $(ORACLE)

## backtest-profile: how often real usage lies inside the interval of a profile of the days before it
.PHONY: backtest-profile
backtest-profile: $(BUILD)/backtest_profile
	$(Q)$(BUILD)/backtest_profile

## test-long: the oracle with all its trials, and longer fuzzing
.PHONY: test-long
test-long:
	$(Q)+$(MAKE) oracle ORACLE=
	$(Q)+$(MAKE) fuzz FUZZ_SECONDS=600

## test-asan: unit, golden, invalid and replay under AddressSanitizer and UBSan
.PHONY: test-asan
test-asan: export ASAN_OPTIONS := detect_stack_use_after_return=1:strict_string_checks=1
test-asan: export UBSAN_OPTIONS := print_stacktrace=1
test-asan:
	$(Q)+$(MAKE) $(jobs) VARIANT=asan variant-tests
	$(Q)+MAKE='$(MAKE) VARIANT=asan' bash tests/tools/run_layers.sh unit golden invalid replay

## test-tsan: unit suites and a short simulation under ThreadSanitizer (clang, libomp with Archer)
.PHONY: test-tsan
test-tsan:
	$(Q)+$(MAKE) $(jobs) VARIANT=tsan variant-tests
	$(Q)+MAKE='$(MAKE) VARIANT=tsan' bash tests/tools/run_layers.sh tsan

.PHONY: tsan
tsan: $(program) $(unit)
	$(Q)bash tests/tools/tsan.sh $(program) $(unit) $(TSAN_SUITES)

## fuzz: each target for FUZZ_SECONDS (60) under libFuzzer; new inputs and crashes land in build/fuzz
FUZZ_SECONDS ?= 60
.PHONY: fuzz fuzz-run
fuzz:
	$(Q)+$(MAKE) $(jobs) VARIANT=fuzz fuzz-run
fuzz-run: $(fuzz_programs)
	$(Q)set -e; for t in $(fuzz_targets); do \
	    mkdir -p build/fuzz/$$t tests/fuzz/corpus/$${t#fuzz_}; \
	    $(BUILD)/$$t -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -artifact_prefix=build/fuzz/$$t- \
	        build/fuzz/$$t tests/fuzz/corpus/$${t#fuzz_}; \
	done

## bench: usage file to bill, beside DuckDB where `make bench-deps` has put it; BENCH_FULL=1: 10 million rows
.PHONY: bench bench-deps
bench: $(BUILD)/bench
	$(Q)mkdir -p build/bench
	$(Q)$(BUILD)/bench

## bench-deps: DuckDB for node into build/bench, by npm
bench-deps:
	$(Q)npm install --silent --no-fund --no-audit --prefix build/bench @duckdb/node-api

## coverage: which lines the unit, golden and invalid tests reach (clang)
.PHONY: coverage coverage-report
coverage:
	$(Q)rm -rf build/coverage
	$(Q)+$(MAKE) $(jobs) VARIANT=coverage variant-tests
	$(Q)+LLVM_PROFILE_FILE='$(CURDIR)/build/coverage/%p.profraw' MAKE='$(MAKE) VARIANT=coverage' \
	    bash tests/tools/run_layers.sh unit golden invalid replay
	$(Q)+$(MAKE) VARIANT=coverage coverage-report
coverage-report: $(unit) $(program)
	$(Q)llvm-profdata merge -o build/coverage/all.profdata build/coverage/*.profraw
	$(Q)llvm-cov report -instr-profile=build/coverage/all.profdata $(unit) -object=$(program) $(lib_src) $(cli_src)

# ---- checks of the source

## lint: layers, names, the rate card's tables, format, shell scripts, cppcheck, clang-tidy
.PHONY: lint
lint: $(program)
	$(Q)JOBS=$$(nproc) SPENDCAST=$(program) bash tests/lint/lint.sh $(all_cppflags) $(warnings) $(semantics)

c_files := $(wildcard include/*/*.h src/*/*.[ch] tests/*/*.[ch])
## format: lay out all C files with clang-format 14
.PHONY: format
format:
	$(Q)clang-format -i $(c_files)

# ---- installing

PREFIX ?= /usr/local
bindir = $(DESTDIR)$(PREFIX)/bin
libdir = $(DESTDIR)$(PREFIX)/lib
includedir = $(DESTDIR)$(PREFIX)/include

define pc_text
prefix=$(PREFIX)
libdir=$${prefix}/lib
includedir=$${prefix}/include

Name: spendcast
Description: offline cost simulator for Amazon Bedrock
Version: $(VERSION)
Requires: gsl libcjson
Libs: -L$${libdir} -lspendcast -lcsv -lmd -lz -lglpk -lm -fopenmp
Cflags: -I$${includedir}
endef
export pc_text

## install: program, library, headers and pkg-config file under DESTDIR and PREFIX (/usr/local)
.PHONY: install uninstall
install: all
	$(Q)install -d $(bindir) $(libdir)/pkgconfig $(includedir)/spendcast
	$(Q)install -m 755 build/spendcast $(bindir)/spendcast
	$(Q)install -m 644 build/libspendcast.a $(libdir)/libspendcast.a
	$(Q)install -m 644 $(public_headers) $(includedir)/spendcast/
	$(Q)printf '%s\n' "$$pc_text" >$(libdir)/pkgconfig/spendcast.pc

## uninstall: remove what install wrote
uninstall:
	$(Q)rm -f $(bindir)/spendcast $(libdir)/libspendcast.a $(libdir)/pkgconfig/spendcast.pc
	$(Q)rm -rf $(includedir)/spendcast

## clean: remove build/
.PHONY: clean
clean:
	$(Q)rm -rf build

## list: this list
.PHONY: list
list:
	@awk -F': ' '/^## / { printf "%-12s %s\n", substr($$1, 4), substr($$0, length($$1) + 3) }' Makefile
