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

    It 'has a synopsis' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match "$_ \["
    }

    It 'has at least three examples with a command' {
        $examples = @($help.Examples.Example)
        $examples.Count | Should -BeGreaterOrEqual 3
        foreach ($example in $examples) { "$($example.code)" | Should -Match '\S' }
    }

    It 'describes every parameter' {
        $common = @([System.Management.Automation.Cmdlet]::CommonParameters) +
            @([System.Management.Automation.Cmdlet]::OptionalCommonParameters)
        $own = $command.Parameters.Keys | Where-Object { $_ -notin $common }
        foreach ($parameter in $own) {
            $description = ($help.Parameters.Parameter | Where-Object Name -EQ $parameter).Description.Text
            "$description" | Should -Match '\S' -Because "-$parameter needs a description"
        }
    }

    It 'has an approved verb and a singular noun with the module prefix' {
        $command.Verb | Should -BeIn (Get-Verb).Verb
        $command.Noun | Should -Match '^Convox[A-Z]\w*[^s]$'
    }

    It 'declares its output type' {
        $writes = $command.OutputType.Count -gt 0
        $writes -or $command.Verb -in 'Remove', 'Disconnect', 'Unregister' | Should -BeTrue
    }
}

Describe 'About topics' {
    It 'include <_>' -ForEach 'about_ConvoxSsl', 'about_ConvoxSsl_DnsSolvers', 'about_ConvoxSsl_Racks', 'about_ConvoxSsl_Renewal',
        'about_ConvoxSsl_Targets' {
        Get-Content "$PSScriptRoot/../../out/ConvoxSsl/en-US/$_.help.txt" -Raw | Should -BeLike "*$_*"
    }
}
