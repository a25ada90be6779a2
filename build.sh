#!/usr/bin/env bash
# The project's tasks on a machine without PowerShell; build.ps1 offers the same ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

build() {
  dotnet build ConvoxSsl.sln --configuration Release --nologo --verbosity quiet
}

# Every test project in turn, so that one that fails does not hide the next; the last line counts them all.
run_tests() {
  build
  local results status=0 passed=0 failed=0 skipped=0 counters
  results=$(mktemp -d)
  dotnet test ConvoxSsl.sln --configuration Release --no-build --nologo \
    --logger trx --results-directory "$results" || status=$?
  for trx in "$results"/*.trx; do
    counters=$(grep -o '<Counters [^>]*>' "$trx")
    passed=$((passed + $(sed 's/.* passed="\([0-9]*\)".*/\1/' <<<"$counters")))
    failed=$((failed + $(sed 's/.* failed="\([0-9]*\)".*/\1/' <<<"$counters")))
    skipped=$((skipped + $(sed 's/.* notExecuted="\([0-9]*\)".*/\1/' <<<"$counters")))
  done
  rm -rf "$results"
  echo "$passed passed, $failed failed, $skipped skipped"
  return "$status"
}

clean() {
  dotnet clean ConvoxSsl.sln --configuration Release --nologo --verbosity quiet
  rm -rf out
}

case "${1:-Build}" in
  Build) build ;;
  Test) run_tests ;;
  Clean) clean ;;
  *) echo "build.sh: unknown task '$1'. Tasks: Build, Test, Clean." >&2; exit 2 ;;
esac
