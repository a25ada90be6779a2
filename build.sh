#!/usr/bin/env bash
# Runs a task of build.ps1 in PowerShell 7.4 or later: the machine's own, or else the .NET tool of .config/dotnet-tools.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# A rack must not be writable by a group, and tests create directories for racks.
umask 022
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

pwsh=(pwsh)
if ! pwsh -NoProfile -NonInteractive -Command 'exit [int]($PSVersionTable.PSVersion -lt "7.4")' >/dev/null 2>&1; then
  pwsh=(dotnet tool run pwsh)
  if ! output=$(dotnet tool restore 2>&1); then
    echo "build.sh: cannot find PowerShell 7.4 or later, and the .NET tool cannot be restored: $output" >&2
    exit 1
  fi
fi
exec "${pwsh[@]}" -NoProfile -NonInteractive -File ./build.ps1 "$@"
