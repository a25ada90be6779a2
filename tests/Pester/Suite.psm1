# Shared by the test files: the servers of tests/ConvoxSsl.TestServers, and a separate session for each file.
$root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
$state = @{ Process = $null; Environment = @{} }

function Start-TestServer {
    <#
    .SYNOPSIS
    Starts the test servers, or returns those of the current run.
    .OUTPUTS
    Their addresses: the properties of ServerAddresses.cs.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Tests do not ask for confirmation.')]
    param()
    if ($env:CONVOXSSL_TEST_SERVERS) { return ConvertFrom-Json $env:CONVOXSSL_TEST_SERVERS }
    $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet')
    $start.ArgumentList.Add("$root/tests/ConvoxSsl.TestServers/bin/Release/net10.0/ConvoxSsl.TestServers.dll")
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $state.Process = [System.Diagnostics.Process]::Start($start)
    $addresses = $state.Process.StandardOutput.ReadLine()
    if (-not $addresses) { throw 'The test servers did not start. Build the solution first.' }
    ConvertFrom-Json $addresses
}

function Stop-TestServer {
    <#
    .SYNOPSIS
    Stops the servers if Start-TestServer started them.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Tests do not ask for confirmation.')]
    param()
    if (-not $state.Process) { return }
    $state.Process.StandardInput.Close()
    if (-not $state.Process.WaitForExit(20000)) { $state.Process.Kill($true) }
    $state.Process.Dispose()
    $state.Process = $null
}

function Enter-TestSession {
    <#
    .SYNOPSIS
    Imports the built module, with a rack in the test's directory and the test servers instead of public ones.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    Import-Module "$root/out/ConvoxSsl" -Global
    $servers = Start-TestServer
    Set-TestVariable @{
        CONVOXSSL_HOME            = "$Path/rack"
        CONVOXSSL_RACK            = $null
        CONVOXSSL_DNS_SERVERS     = $servers.dns
        KUBECONFIG                = $servers.kubeConfig
        CLOUDFLARE_BASE_URL       = $servers.cloudflareUrl
        AWS_ENDPOINT_URL_ROUTE_53 = $servers.awsUrl
        AWS_ENDPOINT_URL_STS      = $servers.awsUrl
        AWS_ACCESS_KEY_ID         = $servers.awsAccessKeyId
        AWS_SECRET_ACCESS_KEY     = $servers.awsSecretAccessKey
        AWS_SESSION_TOKEN         = $servers.awsSessionToken
        AWS_EC2_METADATA_DISABLED = 'true'
    }
    [pscustomobject]@{
        Servers = $servers
        Root    = $root
        Module  = "$root/out/ConvoxSsl"
        # For splatting: a CA that validates with http-01, and one that validates with dns-01.
        Ca      = @{
            Issuer = $servers.ca.directory; CaCertificate = $servers.ca.root; HttpPort = $servers.ca.httpPort
            Contact = 'you@example.org'; AcceptTermsOfService = $true
        }
        DnsCa   = @{
            Issuer = $servers.dnsCa.directory; CaCertificate = $servers.dnsCa.root; SkipPropagationCheck = $true; Challenge = 'Dns01'
            Contact = 'you@example.org'; AcceptTermsOfService = $true
        }
    }
}

function Exit-TestSession {
    <#
    .SYNOPSIS
    Restores the state before Enter-TestSession.
    #>
    Disconnect-ConvoxRack
    Reset-TestVariable
    Stop-TestServer
}

function Set-TestVariable {
    <#
    .SYNOPSIS
    Sets environment variables until Reset-TestVariable.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Tests do not ask for confirmation.')]
    param([Parameter(Mandatory)] [hashtable] $Value)
    foreach ($name in $Value.Keys) {
        if (-not $state.Environment.ContainsKey($name)) { $state.Environment[$name] = [Environment]::GetEnvironmentVariable($name) }
        [Environment]::SetEnvironmentVariable($name, $Value[$name])
    }
}

function Reset-TestVariable {
    <#
    .SYNOPSIS
    Restores the environment variables.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Tests do not ask for confirmation.')]
    param()
    foreach ($name in $state.Environment.Keys) { [Environment]::SetEnvironmentVariable($name, $state.Environment[$name]) }
    $state.Environment.Clear()
}

function Get-PowerShellCommand {
    <#
    .SYNOPSIS
    Gets the command that starts the current PowerShell: a program, or dotnet and a library for the .NET tool.
    #>
    [Environment]::ProcessPath
    if ([System.IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -eq 'dotnet') { "$PSHOME/pwsh.dll" }
}

function Invoke-PowerShell {
    <#
    .SYNOPSIS
    Runs a script in a new PowerShell of the current version, and returns its output lines.
    #>
    param([Parameter(Mandatory)] [string] $Script, [hashtable] $Environment = @{})
    $pwsh = @(Get-PowerShellCommand)
    $start = [System.Diagnostics.ProcessStartInfo]::new($pwsh[0])
    foreach ($argument in @($pwsh | Select-Object -Skip 1) + '-NoProfile', '-NonInteractive', '-Command', $Script) {
        $start.ArgumentList.Add($argument)
    }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.Environment['NO_COLOR'] = '1'
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        if ($process.ExitCode -ne 0 -or $errors.Result) {
            throw "PowerShell exited with code $($process.ExitCode): $($errors.Result)$output"
        }
        $output.TrimEnd() -split '\r?\n'
    } finally {
        $process.Dispose()
    }
}

Export-ModuleMember -Function Start-TestServer, Stop-TestServer, Enter-TestSession, Exit-TestSession, Set-TestVariable,
    Reset-TestVariable, Get-PowerShellCommand, Invoke-PowerShell
