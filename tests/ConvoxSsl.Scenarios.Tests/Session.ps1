# Prepares the session in which Tasks.txt is typed: what a user has set up before, and a prompt that marks its beginning.
Import-Module $env:SCENARIO_MODULE
Set-PSReadLineOption -PredictionSource None -HistorySaveStyle SaveNothing -BellStyle None
$ProgressPreference = 'SilentlyContinue'
$ca = $env:SCENARIO_CA
$PSDefaultParameterValues = @{
    'New-ConvoxAcmeAccount:CaCertificate'        = $env:SCENARIO_CA_ROOT
    'New-ConvoxCertificate:CaCertificate'        = $env:SCENARIO_CA_ROOT
    'New-ConvoxCertificate:HttpPort'             = [int]$env:SCENARIO_HTTP_PORT
    'New-ConvoxCertificate:SkipPropagationCheck' = $true
    'Test-ConvoxDnsSolver:PropagationTimeout'    = '1s'
    'Test-ConvoxDomain:CaCertificate'            = $env:SCENARIO_CA_ROOT
    'Test-ConvoxDomain:HttpPort'                 = [int]$env:SCENARIO_HTTP_PORT
    'Set-ConvoxWebhook:CaCertificate'            = $env:SCENARIO_WEBHOOK_ROOT
}

Set-Location $HOME
Set-Content bin/crontab "#!/bin/sh`necho 'no crontab for you' >&2`nexit 1"
chmod +x bin/crontab
$null = New-Item -ItemType Directory www
Set-Content junk.pem 'not a key'
Set-Content names.csv 'Domain', 'api.example.org', 'shop.example.org'
Set-Content convox.yml @'
services:
  web:
    domain: www.example.org
    port: 3000
  api:
    domain: api.example.org
    port: 3001
  worker:
    command: work
'@

# The mark of shell integrations at the beginning of a prompt (OSC 133 ; A) is not visible.
function global:prompt { "`e]133;A`aPS> " }
