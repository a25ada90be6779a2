# Prepares a session that runs a guide's code. Expects $Servers, $Module and $Folder.
$ErrorActionPreference = 'Continue'
$ConfirmPreference = 'None'
Import-Module $Module
Set-Location $Folder
$PSDefaultParameterValues = @{
    'New-ConvoxAcmeAccount:CaCertificate'   = $Servers.dnsCa.root
    'Test-ConvoxDomain:CaCertificate'       = $Servers.dnsCa.root
    'Set-ConvoxWebhook:CaCertificate'       = $Servers.webhookRoot
    'Test-ConvoxEndpoint:Timeout'           = '1s'
    'Test-ConvoxDnsSolver:PropagationTimeout' = '1s'
    'Register-ConvoxRenewal:PowerShellPath' = "$Folder/programs/pwsh"
    'Get-ConvoxRenewal:Scheduler'           = 'Cron'
    'Add-ConvoxCertificateTarget:NoDelivery' = $true
    'Add-ConvoxCertificateTarget:Force'     = $true
    'Unregister-ConvoxRenewal:Scheduler'    = 'Cron'
}

# The built module is already imported.
function global:Import-Module { }
function global:Read-Host { [System.Net.NetworkCredential]::new('', $Servers.cloudflareToken).SecurePassword }
function global:Get-Secret { [System.Net.NetworkCredential]::new('', $Servers.cloudflareToken).SecurePassword }
function global:Set-Secret { }
function global:Set-SecretStoreConfiguration { }
function global:Restart-Service { }
function global:New-AzAutomationSchedule { }
function global:Register-AzAutomationScheduledRunbook { }
function global:kubectl { if ($args[0] -ne 'apply' -or -not (Test-Path $args[2])) { throw "kubectl $args" } }
Set-Variable token (Get-Secret) -Scope Global
