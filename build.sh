#!/usr/bin/env bash
# The project's tasks on a machine without PowerShell; build.ps1 offers the same ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

build() {
  dotnet build ConvoxSsl.sln --configuration Release --nologo --verbosity quiet
}

has_pebble() { command -v pebble >/dev/null && command -v pebble-challtestsrv >/dev/null; }

# Pebble is the ACME CA that tests and demo issue from. Without it they do with less, and say so.
bring_pebble() {
  has_pebble && return
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  if command -v apt-get >/dev/null && { [ "${#as_root[@]}" -eq 0 ] || command -v sudo >/dev/null; }; then
    echo "Installing Pebble, the ACME CA for tests, from the system's packages."
    "${as_root[@]}" apt-get install --yes --quiet pebble >/dev/null 2>&1 ||
      { "${as_root[@]}" apt-get update --quiet >/dev/null && "${as_root[@]}" apt-get install --yes --quiet pebble >/dev/null; } || true
  fi
  has_pebble || echo "Pebble could not be installed."
}

# One attribute of the counters in a test project's results.
counter() { sed -n 's/.*<Counters .*\b'"$2"'="\([0-9]*\)".*/\1/p' "$1"; }

# Every test project, so that one that fails does not hide the next; the last line counts them all.
run_tests() {
  bring_pebble
  build
  local results status=0 passed=0 failed=0 skipped=0
  results=$(mktemp -d)
  dotnet test ConvoxSsl.sln --configuration Release --no-build --nologo \
    --logger trx --results-directory "$results" || status=$?
  for trx in "$results"/*.trx; do
    passed=$((passed + $(counter "$trx" passed)))
    failed=$((failed + $(counter "$trx" failed)))
    skipped=$((skipped + $(counter "$trx" total) - $(counter "$trx" executed)))
  done
  # What was tried, where passing tests are silent.
  sed -n 's/^.*<StdOut>//; /^\(\(Kill\|Disk\|Fault\) matrix.*\|Kubernetes\):/p' "$results"/*.trx | sed 's/<\/StdOut>.*//' | sort -u
  rm -rf "$results"
  has_pebble || echo "Pebble is not installed: its tests are skipped"
  command -v pwsh >/dev/null || echo "Pester is skipped: there is no pwsh"
  [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || echo "The test run itself failed"
  echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
  return "$status"
}

demo() {
  bring_pebble
  build
  dotnet tools/Demo/bin/Release/net10.0/Demo.dll
}

package() {
  dotnet pack tools/Package --configuration Release --nologo --verbosity quiet
  du --bytes out/package/*.nupkg | while read -r size file; do echo "$file: $((size / 1024)) KiB"; done
}

# PowerShell ships its engine compiled ahead of time, and the package does not; without the compiler the numbers are higher.
bench() {
  build
  if ! dotnet publish bench/ConvoxSsl.Bench --configuration Release --nologo --verbosity quiet \
    --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
    -p:NuGetLockFilePath=obj/bench.lock.json -p:RestoreLockedMode=false \
    --artifacts-path out/bench/artifacts --output out/bench/program; then
    echo "The engine could not be compiled ahead of time, so these numbers hold its compilation too."
    dotnet build bench/ConvoxSsl.Bench --configuration Release --nologo --verbosity quiet --output out/bench/program
  fi
  dotnet out/bench/program/ConvoxSsl.Bench.dll
}

# A million damaged inputs, unless told otherwise: ./build.sh Fuzz --inputs 20000, or what a finding says after "again".
fuzz() {
  dotnet build tests/ConvoxSsl.Fuzzing --configuration Release --nologo --verbosity quiet
  dotnet tests/ConvoxSsl.Fuzzing/bin/Release/net10.0/ConvoxSsl.Fuzzing.dll "$@"
}

clean() {
  dotnet clean ConvoxSsl.sln --configuration Release --nologo --verbosity quiet
  rm -rf out
}

case "${1:-Build}" in
  Build) build ;;
  Test) run_tests ;;
  Demo) demo ;;
  Package) package ;;
  Bench) bench ;;
  Fuzz) fuzz "${@:2}" ;;
  Clean) clean ;;
  *) echo "build.sh: unknown task '$1'. Tasks: Build, Test, Demo, Package, Bench, Fuzz, Clean." >&2; exit 2 ;;
esac
