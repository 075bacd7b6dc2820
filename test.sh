#!/usr/bin/env bash
# Runs all tests, or those of the test projects whose name contains the argument: ./test.sh [KernelService]
# Installs the Debian packages that the tests need when they are missing and it may.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

fail() { echo "test.sh: $*" >&2; exit 1; }

command -v dotnet > /dev/null || fail "the .NET 10 SDK is missing: see https://dot.net"
command -v npm > /dev/null || fail "Node 20 with npm is missing: see https://nodejs.org"

has_python_module() { /usr/bin/python3 -c "import $1" 2> /dev/null; }

missing=()
compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || missing+=(postgresql)
command -v redis-server > /dev/null || missing+=(redis-server)
command -v chromium > /dev/null || missing+=(chromium)
command -v setpriv > /dev/null || missing+=(util-linux)
has_python_module ipykernel || missing+=(python3-ipykernel)
has_python_module jupyter_client || missing+=(python3-jupyter-client)
has_python_module zmq || missing+=(python3-zmq)

if [ ${#missing[@]} -gt 0 ]; then
  root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null && sudo -n true 2> /dev/null && root=(sudo -n) ||
      fail "these Debian packages are missing: ${missing[*]}. Install them: sudo apt-get install --no-install-recommends ${missing[*]}"
  fi
  command -v apt-get > /dev/null || fail "these parts are missing, under Debian's names: ${missing[*]}. Install them with your system's package manager."
  echo "Installing from Debian: ${missing[*]}"
  "${root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null ||
    fail "apt-get could not install ${missing[*]}"
fi

dotnet build aspire.sln -v quiet || fail "the build failed"

passed=0 failed=0
for project in tests/*"${1:-}"*.Tests/*.csproj; do
  echo "== $(basename "$(dirname "$project")")"
  summary=$(dotnet test "$project" --no-build --logger "console;verbosity=normal" 2>&1 | tee /dev/stderr |
    sed -n 's/^Total tests: *\([0-9]*\).*/total=\1/p; s/^ *Passed: *\([0-9]*\).*/passed=\1/p' | tr '\n' ' ')
  # What did not pass has failed: a skipped test, too, and a run that crashed before its summary.
  total=0 ok=0
  [[ $summary =~ total=([0-9]+) ]] && total=${BASH_REMATCH[1]}
  [[ $summary =~ passed=([0-9]+) ]] && ok=${BASH_REMATCH[1]}
  [ "$total" -gt 0 ] || total=1
  passed=$((passed + ok)) failed=$((failed + total - ok))
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
