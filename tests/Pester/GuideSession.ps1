# Begins a session that runs a guide's code: $Servers, $Module and $Folder are set.
$ErrorActionPreference = 'Continue'
$ConfirmPreference = 'None'
Import-Module $Module
Set-Location $Folder
$PSDefaultParameterValues = @{
    'New-ConvoxAcmeAccount:CaCertificate'   = $Servers.dnsCa.root
    'Test-ConvoxDomain:CaCertificate'       = $Servers.dnsCa.root
    'Set-ConvoxWebhook:CaCertificate'       = $Servers.webhookRoot
    'Test-ConvoxDnsSolver:PropagationTimeout' = '1s'
    'Register-ConvoxRenewal:PowerShellPath' = "$Folder/programs/pwsh"
    'Get-ConvoxRenewal:Scheduler'           = 'Cron'
    'Unregister-ConvoxRenewal:Scheduler'    = 'Cron'
}

# The module is there already, of this build.
function global:Import-Module { }
function global:Read-Host { param([string] $Prompt, [switch] $AsSecureString) ConvertTo-SecureString $Servers.cloudflareToken -AsPlainText }
function global:Get-Secret { param([string] $Name, [string] $Vault) ConvertTo-SecureString $Servers.cloudflareToken -AsPlainText }
function global:Set-Secret { param([string] $Name, [string] $Vault, $Secret) }
function global:Set-SecretStoreConfiguration { param($Authentication, $Interaction) }
function global:Restart-Service { }
function global:New-AzAutomationSchedule { param($ResourceGroupName, $AutomationAccountName, $Name, [datetimeoffset] $StartTime, [byte] $DayInterval) }
function global:Register-AzAutomationScheduledRunbook { param($ResourceGroupName, $AutomationAccountName, $RunbookName, $ScheduleName, $RunOn) }
function global:kubectl { if ($args[0] -ne 'apply' -or -not (Test-Path $args[2])) { throw "kubectl $args" } }
$token = ConvertTo-SecureString $Servers.cloudflareToken -AsPlainText
