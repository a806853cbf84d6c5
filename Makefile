# Every verb says what it does. `make demo` and `make test` need nothing but Swift and a Debian or Ubuntu.

# Where `make demo` and `make bench` leave their results.
OUT ?= .build/demo

# Where `make install` puts things, and the folder that stands for / meanwhile.
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: help dependencies program build demo test test-release lint format bench docs fuzz sanitize torture mutants media systems
.PHONY: install uninstall tarball deb media-sample torture-sample

help:
	@echo 'make demo      install what is missing, build, ingest a clip made on the spot, export its frames'
	@echo 'make test      install what is missing, build and run all tests'
	@echo 'make media-sample, make torture-sample   forty odd clips; ten minutes of torture'
	@echo 'make install   put the program, its manual page and completions under PREFIX=/usr/local; make build comes first'
	@echo 'make deb       a package of this system for this system: .build/deb'
	@echo 'make tarball   what make install puts in place, to unpack elsewhere: .build/tarball'
	@echo 'make lint      check the formatting'
	@echo 'make format    repair the formatting'
	@echo 'make bench     compare with decoding alone and with ffmpeg, side by side'
	@echo 'make docs      build the documentation of the libraries'
	@echo 'make fuzz      a million runs of the record decoder under libFuzzer'
	@echo 'make torture   kill, fail and cut the power of the file store for an hour (MINUTES=60); needs root'
	@echo 'make media     hundreds of odd clips made on the spot, every answer held beside ffmpeg (takes long)'
	@echo 'make mutants   break the log in every listed way, and see that a test notices'
	@echo 'make systems   demo and release tests on Debian 12, 13 and unstable, in chroots; needs root'
	@echo 'make sanitize  tests of format, stores and FFmpeg owners under the sanitizers'

dependencies:
	@Scripts/install-dependencies

build: dependencies program

# Statically: the program starts sooner, takes less memory, and runs where no Swift is installed.
program:
	swift build --configuration release --static-swift-stdlib --product sprocket

demo: build
	Scripts/demo '$(OUT)'

# Builds nothing, so that who is root for it leaves no files of root's among those of the build.
install:
	Scripts/install .build/release/sprocket '$(DESTDIR)$(PREFIX)'

uninstall:
	Scripts/install --remove '$(DESTDIR)$(PREFIX)'

tarball: build
	Scripts/tarball

deb:
	@Scripts/install-dependencies build-essential debhelper git
	Scripts/deb

# The command's tests run the program itself, so it is built first.
test: dependencies
	swift build --build-tests
	swift test --skip-build

# What is too long for every change, and too good to be left to the long campaigns.
media-sample: dependencies
	swift build --product sprocket
	Tests/Reference/media_check.py --program .build/debug/sprocket --sample 40

torture-sample: dependencies
	Tests/Torture/torture --sample

test-release: dependencies
	swift build --configuration release --build-tests -Xswiftc -enable-testing
	swift test --configuration release --skip-build -Xswiftc -enable-testing

lint:
	swift format lint --strict --recursive Sources Tests Benchmarks Fuzz/Sources Package.swift Fuzz/Package.swift

format:
	swift format --in-place --recursive Sources Tests Benchmarks Fuzz/Sources Package.swift Fuzz/Package.swift

bench: build
	Scripts/bench

docs:
	Scripts/docs

fuzz:
	Fuzz/run 1000000

sanitize:
	Scripts/sanitize

torture: dependencies
	Tests/Torture/torture --minutes $${MINUTES:-60}

mutants:
	Tests/Mutants/run

# Takes long: some seven hundred combinations.
media: build
	Tests/Reference/media_check.py --program .build/release/sprocket

# What is committed is tried, not what lies around it.
systems:
	@failed=''; for version in 12 13 unstable; do \
	    echo "Debian $$version"; \
	    Scripts/on-debian $$version make demo test-release || failed="$$failed $$version"; \
	done; [ -z "$$failed" ] || { echo "failed on Debian$$failed" >&2; exit 1; }
