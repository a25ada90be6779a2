# Reads the code blocks in README.md and docs/, and runs them in a session.

function Get-GuideBlock {
    <#
    .SYNOPSIS
    Gets the code blocks of a document in order, each with its first line number and the language of its fence.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    $number = 0
    $block = $null
    foreach ($line in [System.IO.File]::ReadAllLines($Path)) {
        $number++
        if ($line -match '^(?<indent> *)```(?<language>.*)$') {
            if ($block) { @{ Line = $block.Line; Language = $block.Language; Code = $block.Code -join "`n" }; $block = $null }
            else {
                $code = [System.Collections.Generic.List[string]]::new()
                $block = @{ Line = $number + 1; Language = $Matches.language; Indent = $Matches.indent; Code = $code }
            }
        } elseif ($block) {
            $block.Code.Add(($line -replace "^$($block.Indent)"))
        }
    }
    if ($block) { throw "${Path}:$($block.Line) begins a code block without an end." }
}

function Get-GuideProse {
    <#
    .SYNOPSIS
    Gets the text of a document without its code blocks.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    [System.IO.File]::ReadAllText($Path) -replace '(?ms)^ *```.*?^ *```'
}

function Get-WorkflowStep {
    <#
    .SYNOPSIS
    Gets the scripts in the steps of a GitHub workflow, with their shells.
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
    Gets the commands and the output in a document's blocks of the language console.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    foreach ($block in Get-GuideBlock $Path | Where-Object { $_.Language -eq 'console' }) {
        $number = $block.Line
        $step = $null
        foreach ($line in $block.Code -split "`n") {
            if ($line.StartsWith('PS> ')) {
                if ($step) { $step }
                $step = [pscustomobject]@{ Line = $number; Command = $line.Substring(4); Output = @() }
            } elseif (-not $step) { throw "${Path}:$number is output without a command." }
            elseif ($line.Trim()) { $step.Output += $line.TrimEnd() }
            $number++
        }
        if ($step) { $step }
    }
}

function Test-GuideOutput {
    <#
    .SYNOPSIS
    Compares actual output with the output in a guide, ignoring what differs in each run.
    .DESCRIPTION
    Numbers, dates, ids, the order of rows and column widths are ignored. A line with an ellipsis character matches any lines.
    #>
    param([string[]] $Shown, [string[]] $Actual)
    $pattern = foreach ($line in ConvertTo-SteadyLine $Shown) {
        if ($line.Trim() -eq [char]0x2026) { '(?:.*\n)*' } else { [regex]::Escape($line) + '\n' }
    }
    $text = foreach ($line in ConvertTo-SteadyLine $Actual) { "$line`n" }
    (-join $text) -match "^$(-join $pattern)$"
}

# Rows are sorted by id, and ids differ in each run, so sort them by their other content.
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
    $Text -replace "[0-9a-f]{6,}$([char]0x2026)?|[0-9]+", '#' -replace
        '(?<=# )(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*', '#' -replace
        '\b[AP]M\b', '#' -replace
        '\s+|-{2,}', ' '
}

function New-GuideSession {
    <#
    .SYNOPSIS
    Creates a runspace for a guide, in a folder with the files that guides mention.
    .DESCRIPTION
    GuideSession.ps1 provides what guides take for granted: responses to prompts, a vault, a token, and cmdlets of clouds.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Tests do not ask for confirmation.')]
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
    Runs code in a guide's runspace, and throws on any error.
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

Export-ModuleMember -Function Get-GuideBlock, Get-GuideProse, Get-WorkflowStep, Get-GuideTranscript, Test-GuideOutput,
    New-GuideSession, Invoke-InGuide
