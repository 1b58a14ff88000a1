# The contract: build, run, test, bench, install. Everything else is for those who work on Rouse.
PREFIX ?= /usr/local
DESTDIR ?=
BIN := out/bin
CONFIGURATION ?= Release
DOTNET ?= dotnet
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1
export TESTINGPLATFORM_TELEMETRY_OPTOUT = 1

DAEMON_LINKS := xinetd inetd tcpd
# Names that work already. `service` is installed as rouse-service: in $(PREFIX)/bin its own name would stand before the system's service.
INSTALLED_LINKS := xinetd inetd tcpd
INSTALLED_TOOL_LINKS := chkconfig ntsysv itox tcpdmatch tcpdchk rouse-service
TOOL_LINKS := chkconfig service ntsysv itox tcpdmatch tcpdchk
SOURCES := $(shell find src -name '*.cs' -not -path '*/obj/*') $(shell find src -name '*.csproj') \
	Directory.Build.props Directory.Packages.props src/Executable.props global.json $(wildcard src/Roused/Layout/*)

.PHONY: build run test differential bench bench-micro install format clean

build: $(BIN)/roused $(BIN)/rouse

$(BIN)/roused: $(SOURCES)
	@mkdir -p $(BIN)
	$(DOTNET) publish src/Roused/Roused.csproj -c $(CONFIGURATION) --nologo -v quiet -o artifacts/publish-roused
	@cp artifacts/publish-roused/roused $@.new && mv $@.new $@
	@for link in $(DAEMON_LINKS); do ln -sfn roused $(BIN)/$$link; done

$(BIN)/rouse: $(SOURCES)
	@mkdir -p $(BIN)
	$(DOTNET) publish src/Rouse/Rouse.csproj -c $(CONFIGURATION) --nologo -v quiet -o artifacts/publish-rouse
	@cp artifacts/publish-rouse/rouse $@.new && mv $@.new $@
	@for link in $(TOOL_LINKS); do ln -sfn rouse $(BIN)/$$link; done

run: $(BIN)/roused
	@$(BIN)/roused -demonstration

test: build
	@tests/run

# All 20,000 pairs of rules and requests against the original's tcpdmatch; `make test` plays the first of them.
differential: build
	@ROUSE_DIFFERENTIAL=20000 TESTS=Rouse.Parity.Tests tests/run -class Rouse.Parity.Tests.Wrappers.TcpdMatchParityTests

bench: build
	@bench/run

# Single operations, timed and their allocations held against bench/Rouse.Bench/allocations.tsv; MICRO=renew writes that file.
bench-micro:
	@bench/micro $(MICRO)

format:
	$(DOTNET) format Rouse.slnx
	$(DOTNET) format bench/Rouse.Bench/Rouse.Bench.csproj

install: build
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 0755 $(BIN)/roused $(DESTDIR)$(PREFIX)/sbin/roused
	install -m 0755 $(BIN)/rouse $(DESTDIR)$(PREFIX)/bin/rouse
	for link in $(INSTALLED_LINKS); do ln -sfn roused $(DESTDIR)$(PREFIX)/sbin/$$link; done
	for link in $(INSTALLED_TOOL_LINKS); do ln -sfn rouse $(DESTDIR)$(PREFIX)/bin/$$link; done
	for page in man/*.8; do install -m 0644 $$page $(DESTDIR)$(PREFIX)/share/man/man8/; done
	for page in man/*.5; do install -m 0644 $$page $(DESTDIR)$(PREFIX)/share/man/man5/; done
	for page in man/*.1; do install -m 0644 $$page $(DESTDIR)$(PREFIX)/share/man/man1/; done
	sed 's,@PREFIX@,$(PREFIX),g' systemd/roused.service.in > $(DESTDIR)$(PREFIX)/lib/systemd/system/roused.service
	chmod 0644 $(DESTDIR)$(PREFIX)/lib/systemd/system/roused.service

clean:
	rm -rf artifacts out
