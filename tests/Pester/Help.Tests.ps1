BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../out/ConvoxSsl"
    $script:names = (Get-Command -Module ConvoxSsl -CommandType Cmdlet).Name
}

BeforeAll { Import-Module "$PSScriptRoot/../../out/ConvoxSsl" }

Describe 'Get-Help <_>' -ForEach $names {
    BeforeAll {
        $script:command = Get-Command $_ -CommandType Cmdlet
        $script:help = Get-Help $_ -Full
    }

    It 'says in one line what it does' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match "$_ \["
    }

    It 'has at least three examples, each with a command and a word on it' {
        $examples = @($help.Examples.Example)
        $examples.Count | Should -BeGreaterOrEqual 3
        foreach ($example in $examples) { "$($example.code)" | Should -Match '\S' }
    }

    It 'describes every parameter' {
        $own = $command.Parameters.Keys | Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters -and $_ -notin [System.Management.Automation.Cmdlet]::OptionalCommonParameters }
        foreach ($parameter in $own) {
            "$(($help.Parameters.Parameter | Where-Object Name -EQ $parameter).Description.Text)" | Should -Match '\S' -Because "-$parameter has a text"
        }
    }

    It 'has an approved verb, and a singular noun of the module' {
        $command.Verb | Should -BeIn (Get-Verb).Verb
        $command.Noun | Should -Match '^Convox[A-Z]\w*[^s]$'
    }

    It 'says what it gives' {
        $writes = $command.OutputType.Count -gt 0
        $writes -or $command.Verb -in 'Remove', 'Disconnect', 'Unregister' | Should -BeTrue
    }
}

Describe 'The about topics' {
    It 'has <_>' -ForEach 'about_ConvoxSsl', 'about_ConvoxSsl_DnsSolvers', 'about_ConvoxSsl_Racks', 'about_ConvoxSsl_Renewal' {
        Get-Content "$PSScriptRoot/../../out/ConvoxSsl/en-US/$_.help.txt" -Raw | Should -BeLike "*$_*"
    }
}
