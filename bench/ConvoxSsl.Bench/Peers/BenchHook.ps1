function Get-CurrentPluginType { 'dns-01' }

function Add-DnsTxt {
    param([string] $RecordName, [string] $TxtValue, [Parameter(ValueFromRemainingArguments)] $ExtraParams)
    $null = Invoke-RestMethod "$env:BENCH_HOOK/present" -Method Post -Body (@{ fqdn = $RecordName; value = $TxtValue } | ConvertTo-Json)
}

function Remove-DnsTxt {
    param([string] $RecordName, [string] $TxtValue, [Parameter(ValueFromRemainingArguments)] $ExtraParams)
    $null = Invoke-RestMethod "$env:BENCH_HOOK/cleanup" -Method Post -Body (@{ fqdn = $RecordName; value = $TxtValue } | ConvertTo-Json)
}

function Save-DnsTxt {
    param([Parameter(ValueFromRemainingArguments)] $ExtraParams)
}
