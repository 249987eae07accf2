#!/usr/bin/env bash
# Installs what the tests need where it may, builds once, and runs all tests. Usage: tests/run.sh
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have postgres && have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || have npm; }
have_smtp() { have python3 && python3 -c 'import aiosmtpd' 2>/dev/null || { [[ -x /usr/bin/python3 ]] && /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; }; }
have_chromium() { have chromium || have chromium-browser || have google-chrome; }

missing=()
have_postgres || missing+=(postgresql)
have_chromium || missing+=(chromium)
have_smtp || missing+=(python3-aiosmtpd)
have prometheus-alertmanager || missing+=(prometheus-alertmanager)
# What checks the files in deploy/, and the proxies that the hosts run behind.
[[ -x /usr/sbin/nginx ]] || have nginx || missing+=(nginx-light)
have caddy || missing+=(caddy)
have promtool || missing+=(prometheus)
have systemd-analyze || missing+=(systemd)
if ((${#missing[@]})); then
  if [[ $(id -u) == 0 ]] && have apt-get; then
    echo "Installing ${missing[*]}"
    apt-get update -qq
    # RUNLEVEL=1: Debian starts no service that a package brings; the tests run their own.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" fonts-dejavu-core >/dev/null
  else
    echo "Not found: ${missing[*]}. Install them (Debian: sudo apt-get install ${missing[*]}); tests that need them are skipped by name."
  fi
fi

if have npm && [[ tests/checkers/package.json -nt tests/checkers/node_modules/.package-lock.json ]]; then
  npm install --prefix tests/checkers --legacy-peer-deps --no-package-lock --no-audit --no-fund --silent || echo "npm could not install tests/checkers; tests that need them are skipped by name."
fi

have dotnet || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download"; exit 1; }

results=$(mktemp -d)
beside=
trap '[[ -z $beside ]] || kill -INT -- "-$beside" 2>/dev/null; rm -rf "$results"' EXIT
dotnet build SpendTracker.sln -v quiet -clp:NoSummary

# Profiles of code that runs for a moment gain nothing; the host has none either.
export DOTNET_TieredPGO=0

tests() { dotnet test "$1" --no-build -v quiet --logger "trx;LogFileName=$results/$(basename "$1").trx" --logger "console;verbosity=minimal"; }

others() {
  local status=0 project
  for project in tests/*Tests; do
    [[ $project == tests/SpendTracker.Tests ]] || tests "$project" || status=1
  done
  return $status
}

# The largest project takes as long as twice the others, and each leaves the cores idle while it waits: they run side by side.
set -m # A process group of its own: so it can be stopped, and its programs hear SIGINT.
others >"$results/others" 2>&1 &
beside=$!
set +m
status=0
tests tests/SpendTracker.Tests || status=1
wait "$beside" || status=1
beside=
cat "$results/others"

count() { { grep -ohE "<Counters [^>]*" "$results"/*.trx || true; } | { grep -oE "\b$1=\"[0-9]+\"" || true; } | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'; }
total=$(count total) passed=$(count passed) failed=$(count failed)
echo "tests: $passed passed, $failed failed, $((total - passed - failed)) skipped"
((total > 0)) || { echo "No test ran."; exit 1; }
exit $status
