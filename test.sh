#!/usr/bin/env bash
# Runs all tests, or those of the test projects whose name contains the argument: ./test.sh [KernelService]
# Installs the Debian packages that the tests need when they are missing and it may.
set -u
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
# Each of many services would watch its settings' files, and of watchers a user has 128 on Linux.
export DOTNET_hostBuilder__reloadConfigOnChange=false

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
has_python_module jupyter_kernel_test || missing+=(python3-jupyter-kernel-test)
has_python_module pandas || missing+=(python3-pandas)
has_python_module zmq || missing+=(python3-zmq)
[ -d /usr/lib/R/site-library/IRkernel ] || missing+=(r-cran-irkernel r-base-core)
command -v jupyter-notebook > /dev/null || missing+=(jupyter-notebook)
command -v jupyter-server > /dev/null || missing+=(jupyter-server)

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

# The schema validator is held to a public suite of cases, which is fetched once, at the commit that the tests were written for.
suite=artifacts/json-schema-test-suite
if [ ! -d ../shared/data/json-schema-test-suite ] && [ ! -d "$suite/tests" ]; then
  echo "Fetching the JSON-Schema-Test-Suite"
  git init -q "$suite" &&
    git -C "$suite" fetch -q --depth 1 https://github.com/json-schema-org/JSON-Schema-Test-Suite 44401e0c046704b476ec9d2e2fccdaee618f259d &&
    git -C "$suite" checkout -q FETCH_HEAD ||
    fail "the JSON-Schema-Test-Suite could not be fetched: put a checkout of json-schema-org/JSON-Schema-Test-Suite at $suite"
fi

# Exports are held to ProgSnap2's specification, fetched once as well.
progsnap=artifacts/progsnap2-v1.0.yaml
if [ ! -f ../shared/data/progsnap2-v1.0.yaml ] && [ ! -f "$progsnap" ]; then
  echo "Fetching ProgSnap2's specification"
  toolkit=artifacts/progsnap-toolkit
  git init -q "$toolkit" &&
    git -C "$toolkit" fetch -q --depth 1 https://github.com/CSSPLICE/ProgSnapToolkit 0007195495e949b6f5da9ca39f6e7a525291ca3c &&
    git -C "$toolkit" show FETCH_HEAD:src/progsnap2/spec/versions/progsnap2-v1.0.yaml > "$progsnap.part" &&
    mv "$progsnap.part" "$progsnap" ||
    fail "ProgSnap2's specification could not be fetched: put progsnap2-v1.0.yaml of CSSPLICE/ProgSnapToolkit at $progsnap"
fi

dotnet build aspire.sln -v quiet || fail "the build failed"

passed=0 failed=0
log=$(mktemp)
failures=$(mktemp)
skips=$(mktemp)
trap 'rm -f "$log" "$failures" "$skips"' EXIT

# How much is said again at the end of what failed: its name, the message and where it was.
failure_lines=14

# Adds up one run. What neither passed nor says why it cannot run on this machine has failed: also a run that crashed or found no test.
count() { # exit code, total, passed
  local total=${2:-0} ok=${3:-0}
  [ "$1" -eq 0 ] || grep -A "$failure_lines" -E '^ *(Failed Lyceum.* \[.*\]$|FAIL )' "$log" >> "$failures" || tail -n "$failure_lines" "$log" >> "$failures"
  [ "$1" -eq 0 ] || [ "$total" -gt "$ok" ] || total=$((ok + 1))
  [ "$total" -gt 0 ] || total=1
  passed=$((passed + ok)) failed=$((failed + total - ok))
}

# Run in the background, a shell has its children ignore Ctrl-C, and with them the programs that the tests interrupt.
interruptible=()
env --default-signal=INT true 2> /dev/null && interruptible=(env --default-signal=INT)

for project in tests/*"${1:-}"*.Tests/*.csproj; do
  echo "== $(basename "$(dirname "$project")")"
  "${interruptible[@]}" dotnet test "$project" --no-build --logger "console;verbosity=normal" 2>&1 | tee "$log"
  result=${PIPESTATUS[0]}
  grep -E -A 1 '^ *Skipped Lyceum.* \[.*\]$' "$log" >> "$skips"
  skipped=$(sed -n 's/^ *Skipped: *\([0-9]*\).*/\1/p' "$log")
  total=$(sed -n 's/^Total tests: *\([0-9]*\).*/\1/p' "$log")
  count "$result" "$((${total:-0} - ${skipped:-0}))" "$(sed -n 's/^ *Passed: *\([0-9]*\).*/\1/p' "$log")"
done

if [ -z "${1:-}" ]; then
  echo "== web"
  NO_COLOR=1 npm --prefix web run --silent check 2>&1 | tee "$log"
  web=${PIPESTATUS[0]}
  count "$web" "$(sed -n 's/^ *Tests .*(\([0-9]*\)).*/\1/p' "$log")" "$(sed -n 's/^ *Tests .*[^0-9]\([0-9]*\) passed.*/\1/p' "$log")"
fi

if [ -s "$skips" ]; then
  echo "== skipped here"
  cat "$skips"
fi

if [ -s "$failures" ]; then
  echo "== failed"
  cat "$failures"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
