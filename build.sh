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

# What starts PowerShell: the machine's own where it is new enough, else the .NET tool of .config/dotnet-tools.json.
find_pwsh() {
  if command -v pwsh >/dev/null && pwsh -NoProfile -NonInteractive -Command 'exit [int]($PSVersionTable.PSVersion -lt "7.4")' >/dev/null 2>&1; then
    echo pwsh
  else
    dotnet tool restore >/dev/null 2>&1 && echo dotnet tool run pwsh
  fi
}

# Writes how many tests passed, failed and were skipped into a file, which stays empty where there is nothing to run them.
run_pester() {
  local pwsh
  if ! pwsh=$(find_pwsh); then
    echo "Pester did not run: there is no PowerShell 7.4 or later, and the .NET tool could not be restored."
    return
  fi
  # shellcheck disable=SC2086
  POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off \
    $pwsh -NoProfile -NonInteractive -File tests/Pester/Invoke-Suite.ps1 -CountFile "$1"
}

# One attribute of the counters in a test project's results.
counter() { sed -n 's/.*<Counters .*\b'"$2"'="\([0-9]*\)".*/\1/p' "$1"; }

# The names of a test project's failed tests, each with what it said: near the end of a long log, where they are found.
failures() {
  sed -n '/<UnitTestResult .*outcome="Failed"/ {
    s/.*testName="\([^"]*\)".*/FAILED: \1/p
    :next
    n
    /<\/UnitTestResult>/b
    /<Message>/!b next
    :message
    s/^ *<Message>//
    /<\/Message>/! { s/^/  /p; n; b message }
    s/<\/Message>.*//
    s/^/  /p
  }' "$1" | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#xD;//g; s/&amp;/\&/g'
}

# Every test project, so that one that fails does not hide the next; the last line counts them all.
run_tests() {
  bring_pebble
  build
  local results status=0 passed=0 failed=0 skipped=0 pester
  results=$(mktemp -d)
  dotnet test ConvoxSsl.sln --configuration Release --no-build --nologo \
    --logger trx --results-directory "$results" || status=$?
  for trx in "$results"/*.trx; do
    passed=$((passed + $(counter "$trx" passed)))
    failed=$((failed + $(counter "$trx" failed)))
    skipped=$((skipped + $(counter "$trx" total) - $(counter "$trx" executed)))
  done
  for trx in "$results"/*.trx; do failures "$trx"; done
  # What was tried, where passing tests are silent.
  sed -n 's/^.*<StdOut>//; /^\(\(Kill\|Disk\|Fault\) matrix.*\|Kubernetes\):/p' "$results"/*.trx | sed 's/<\/StdOut>.*//' | sort -u
  run_pester "$results/pester" || status=$?
  if [ -s "$results/pester" ]; then
    read -r -a pester <"$results/pester"
    passed=$((passed + pester[0])) failed=$((failed + pester[1])) skipped=$((skipped + pester[2]))
  fi
  rm -rf "$results"
  has_pebble || echo "Pebble is not installed: its tests are skipped"
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
  rm -f out/package/*.nupkg
  dotnet pack tools/Package --configuration Release --nologo --verbosity quiet
  echo "out/ConvoxSsl: $(($(find out/ConvoxSsl -type f -exec cat {} + | wc -c) / 1024)) KiB"
  for file in out/package/*.nupkg; do echo "$file: $(($(wc -c <"$file") / 1024)) KiB"; done
}

# Where PowerShell looks for the current user's modules.
user_modules() {
  case "$(uname -s)" in
    MINGW* | MSYS* | CYGWIN*) echo "$(powershell -NoProfile -Command "[Environment]::GetFolderPath('MyDocuments')" | tr -d '\r')/PowerShell/Modules" ;;
    *) echo "${XDG_DATA_HOME:-$HOME/.local/share}/powershell/Modules" ;;
  esac
}

# Copied beside and then renamed, so that no session finds half a module. A version that was there is replaced.
install_module() {
  dotnet build src/ConvoxSsl --configuration Release --nologo --verbosity quiet -clp:NoSummary
  local version target staged
  version=$(sed -n "s/^ *ModuleVersion = '\(.*\)'/\1/p" out/ConvoxSsl/ConvoxSsl.psd1)
  target="$(user_modules)/ConvoxSsl/$version"
  mkdir -p "$(dirname "$target")"
  staged=$(mktemp -d "$(dirname "$target")/.install-XXXXXX")
  cp -r out/ConvoxSsl "$staged/new"
  [ ! -e "$target" ] || mv "$target" "$staged/old"
  mv "$staged/new" "$target"
  rm -rf "$staged"
  echo "ConvoxSsl $version is installed in $target"
}

# The ACME clients to compare with, and the program that measures processes. What can't be had is left out, and the results say so.
bring_peers() {
  bring_pebble
  local as_root=() wanted=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  for program in lego certbot acme-tiny uacme curl; do command -v "$program" >/dev/null || wanted+=("$program"); done
  [ -x /usr/bin/time ] || wanted+=(time)
  [ "${#wanted[@]}" -gt 0 ] && command -v apt-get >/dev/null || return 0
  # One by one, so that one that is not packaged does not keep the others away.
  for program in "${wanted[@]}"; do
    "${as_root[@]}" apt-get install --yes --quiet "$program" >/dev/null 2>&1 || echo "$program could not be installed."
  done
}

# PowerShell ships its engine compiled ahead of time, and the package does not; without the compiler the numbers are higher.
# All parts without an argument, else those that are named, such as ./build.sh Bench fresh http.
bench() {
  bring_peers
  build
  dotnet tool restore >/dev/null 2>&1 || true
  if ! dotnet publish bench/BareHost --configuration Release --nologo --verbosity quiet \
    --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
    -p:NuGetLockFilePath=obj/bench.lock.json -p:RestoreLockedMode=false \
    --artifacts-path out/bench/artifacts --output out/bench/host; then
    echo "The engine could not be compiled ahead of time, so these numbers hold its compilation too."
    dotnet build bench/BareHost --configuration Release --nologo --verbosity quiet --output out/bench/host
  fi
  dotnet bench/ConvoxSsl.Bench/bin/Release/net10.0/ConvoxSsl.Bench.dll out/bench/host/BareHost.dll "$@"
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
  Install) install_module ;;
  Bench) bench "${@:2}" ;;
  Fuzz) fuzz "${@:2}" ;;
  Clean) clean ;;
  *) echo "build.sh: unknown task '$1'. Tasks: Build, Test, Demo, Package, Install, Bench, Fuzz, Clean." >&2; exit 2 ;;
esac
