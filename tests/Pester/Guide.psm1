# The code in README.md and docs/: what stands in which block, and a session to run it in.

function Get-GuideBlock {
    <#
    .SYNOPSIS
    The code blocks of a document, in order, with the line that each begins at and the language after its fence.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    $number = 0
    $block = $null
    foreach ($line in [System.IO.File]::ReadAllLines($Path)) {
        $number++
        if ($line -match '^(?<indent> *)```(?<language>.*)$') {
            if ($block) { @{ Line = $block.Line; Language = $block.Language; Code = $block.Code -join "`n" }; $block = $null }
            else { $block = @{ Line = $number + 1; Language = $Matches.language; Indent = $Matches.indent; Code = [System.Collections.Generic.List[string]]::new() } }
        } elseif ($block) {
            $block.Code.Add(($line -replace "^$($block.Indent)"))
        }
    }
    if ($block) { throw "${Path}:$($block.Line) begins a block that does not end." }
}

function Get-GuideProse {
    <#
    .SYNOPSIS
    The text of a document without its code blocks.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    [System.IO.File]::ReadAllText($Path) -replace '(?ms)^ *```.*?^ *```'
}

function Get-WorkflowStep {
    <#
    .SYNOPSIS
    What the steps of a GitHub workflow run, and in which shell.
    #>
    param([Parameter(Mandatory)] [AllowEmptyCollection()] [array] $Block)
    foreach ($yaml in $Block | Where-Object { $_.Language -eq 'yaml' }) {
        foreach ($step in [regex]::Matches($yaml.Code, '(?m)^ +- name: (?<step>(?:.*\n)(?:(?! +- ).*(?:\n|$))*)')) {
            if ($step.Value -match '(?m)^(?<indent> +)run: \|\n(?<code>(?:\k<indent> .*(?:\n|$))+)') {
                $line = $yaml.Line + ($yaml.Code.Substring(0, $step.Index) -split "`n").Count - 1
                $code = $Matches.code -replace "(?m)^$($Matches.indent)  "
                @{ Line = $line; Shell = if ($step.Value -match 'shell: pwsh') { 'pwsh' } else { 'bash' }; Code = $code }
            }
        }
    }
}

function Get-GuideTranscript {
    <#
    .SYNOPSIS
    What was typed at the prompts of a document, and what came: its blocks of the language console.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    foreach ($block in Get-GuideBlock $Path | Where-Object { $_.Language -eq 'console' }) {
        $number = $block.Line
        $step = $null
        foreach ($line in $block.Code -split "`n") {
            if ($line.StartsWith('PS> ')) { if ($step) { $step }; $step = [pscustomobject]@{ Line = $number; Command = $line.Substring(4); Output = @() } }
            elseif (-not $step) { throw "${Path}:$number is the output of nothing." }
            elseif ($line.Trim()) { $step.Output += $line.TrimEnd() }
            $number++
        }
        if ($step) { $step }
    }
}

function Test-GuideOutput {
    <#
    .SYNOPSIS
    Whether what came is what a guide shows, but for what differs each time: numbers, dates, ids and their order, widths of columns.
    .DESCRIPTION
    A line of three dots, written as one character, stands for any lines.
    #>
    param([string[]] $Shown, [string[]] $Came)
    $pattern = foreach ($line in ConvertTo-SteadyLine $Shown) { if ($line.Trim() -eq [char]0x2026) { '(?:.*\n)*' } else { [regex]::Escape($line) + '\n' } }
    $text = foreach ($line in ConvertTo-SteadyLine $Came) { "$line`n" }
    (-join $text) -match "^$(-join $pattern)$"
}

# Rows that begin with an id stand in the order of the ids, which are others each time.
function ConvertTo-SteadyLine([string[]] $Line) {
    $rows = [System.Collections.Generic.List[string]]::new()
    foreach ($text in $Line) {
        $steady = ConvertTo-SteadyText $text
        if ($steady -match '^ ?[a-z]+-# ') { $rows.Add($steady); continue }
        if ($rows.Count) { $rows | Sort-Object; $rows.Clear() }
        $steady
    }
    $rows | Sort-Object
}

function ConvertTo-SteadyText([string] $Text) {
    $Text -replace "[0-9a-f]{6,}$([char]0x2026)?|[0-9]+", '#' -replace '(?<=# )(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*', '#' -replace '\b[AP]M\b', '#' -replace '\s+|-{2,}', ' '
}

function New-GuideSession {
    <#
    .SYNOPSIS
    A runspace as a guide's reader would have it: in a folder with the files that guides name.
    .DESCRIPTION
    What the guide leaves to a user's session is there: answers at prompts, a vault, a secret's text, and the cloud's cmdlets.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Nobody is asked in a test.')]
    param([Parameter(Mandatory)] $Session, [Parameter(Mandatory)] [string] $Path, [string] $Prepare)
    $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault())
    $runspace.Open()
    $runspace.SessionStateProxy.SetVariable('Servers', $Session.Servers)
    $runspace.SessionStateProxy.SetVariable('Module', $Session.Module)
    $runspace.SessionStateProxy.SetVariable('Folder', $Path)
    Invoke-InGuide $runspace ([System.IO.File]::ReadAllText("$PSScriptRoot/GuideSession.ps1"))
    if ($Prepare) { Invoke-InGuide $runspace $Prepare }
    $runspace
}

function Invoke-InGuide {
    <#
    .SYNOPSIS
    Runs code in a guide's session; any error is thrown.
    #>
    param([Parameter(Mandatory)] [runspace] $Runspace, [Parameter(Mandatory)] [string] $Code)
    $shell = [powershell]::Create($Runspace)
    try {
        $null = $shell.AddScript($Code).Invoke()
        if ($shell.Streams.Error.Count) { throw ($shell.Streams.Error -join "`n") }
    } finally {
        $shell.Dispose()
    }
}

Export-ModuleMember -Function Get-GuideBlock, Get-GuideProse, Get-WorkflowStep, Get-GuideTranscript, Test-GuideOutput, New-GuideSession, Invoke-InGuide
