# Mocks as a script author writes them: of every cmdlet, with every parameter, returning objects of the module's types.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../out/ConvoxSsl"
    $script:names = (Get-Command -Module ConvoxSsl -CommandType Cmdlet).Name
    $script:outputs = Get-Command -Module ConvoxSsl -CommandType Cmdlet | ForEach-Object { $_.OutputType.Type } |
        Where-Object Namespace -EQ 'ConvoxSsl' | Sort-Object Name -Unique
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/ConvoxSsl"

    function Get-ExampleValue([System.Management.Automation.CommandParameterInfo] $Parameter) {
        $type = [Nullable]::GetUnderlyingType($Parameter.ParameterType) ?? $Parameter.ParameterType
        switch ($type) {
            ([switch]) { $true; break }
            ([bool]) { $true; break }
            ([scriptblock]) { { 'a script' }; break }
            ([securestring]) { [System.Net.NetworkCredential]::new('', 'a secret').SecurePassword; break }
            ([hashtable]) { @{ Key = 'value' }; break }
            ([timespan]) { [timespan]'90'; break }
            ([ConvoxSsl.ConvoxRack]) { 'staging'; break }
            ([ConvoxSsl.ConvoxCertificate[]]) { [ConvoxSsl.ConvoxCertificate]@{ Id = 'cert-1' }; break }
            { $_.IsEnum } { [enum]::GetNames($_)[0]; break }
            { $_.IsArray -and $_.GetElementType().IsEnum } { [enum]::GetNames($_.GetElementType())[0]; break }
            { $_ -in [int], [int[]], [double] } { 60; break }
            default { 'text' }
        }
    }
}

Describe 'Mocking <_>' -ForEach $names {
    BeforeAll {
        $name = $_
        $script:command = Get-Command $name -Module ConvoxSsl -CommandType Cmdlet
    }

    It 'accepts all parameters of each parameter set' {
        Mock $name { $PesterBoundParameters.Keys }
        foreach ($set in $command.ParameterSets) {
            $common = @([System.Management.Automation.Cmdlet]::CommonParameters) + 'WhatIf', 'Confirm'
            $own = $set.Parameters | Where-Object { $_.Name -notin $common }
            $given = @{}
            foreach ($parameter in $own) { $given[$parameter.Name] = Get-ExampleValue $parameter }
            $bound = & $name @given
            foreach ($parameter in $own.Name) {
                $bound | Should -Contain $parameter -Because "the mock must bind -$parameter of '$($set.Name)'"
            }
        }

        Should -Invoke $name -Times $command.ParameterSets.Count -Exactly
    }

    It 'replaces the cmdlet, and respects -ParameterFilter' {
        $mandatory = @{}
        $set = $command.ParameterSets | Where-Object IsDefault | Select-Object -First 1
        if (-not $set) { $set = $command.ParameterSets[0] }
        foreach ($parameter in $set.Parameters | Where-Object IsMandatory) { $mandatory[$parameter.Name] = Get-ExampleValue $parameter }
        Mock $name { 'of the mock' }
        Mock $name { 'never' } -ParameterFilter { $Verbose }
        & $name @mandatory | Should -Be 'of the mock'
        Should -Invoke $name -Times 0 -Exactly -ParameterFilter { $Verbose }
    }
}

Describe 'An object of type <_.Name>' -ForEach $outputs {
    It 'can be created from a hashtable' {
        $type = $_
        $value = @{}
        foreach ($property in $type.GetProperties() | Where-Object { $_.CanWrite }) {
            $value[$property.Name] = switch ($property.PropertyType) {
                ([string]) { 'text'; break }
                ([uri]) { [uri]'https://ca.example.org/'; break }
                { $_.FullName -like '*IReadOnlyList*String*' } { , [string[]]('a', 'b'); break }
                default { $null }
            }
            if ($null -eq $value[$property.Name]) { $value.Remove($property.Name) }
        }
        $made = New-Object $type.FullName -Property $value
        $made.GetType() | Should -Be $type
        foreach ($name in $value.Keys) { $made.$name | Should -Be $value[$name] }
    }

    It 'can be created with New-MockObject' {
        (New-MockObject -Type $_.FullName).GetType() | Should -Be $_
    }
}

Describe 'Mocks' {
    BeforeAll {
        $script:due = [ConvoxSsl.ConvoxCertificate]@{
            Id = 'cert-due'; Domain = 'due.example.org'; Domains = [string[]]'due.example.org'; Status = 'Ready'
            Expires = [DateTimeOffset]::UtcNow.AddDays(3)
        }
    }

    It 'bind pipeline input by value and by property name' {
        Mock Get-ConvoxCertificate { $due }
        Mock Update-ConvoxCertificate { "renewed $Id" }
        Get-ConvoxCertificate -ExpiringWithin 30d | Update-ConvoxCertificate | Should -Be 'renewed cert-due'
        Should -Invoke Get-ConvoxCertificate -Times 1 -Exactly -ParameterFilter { $ExpiringWithin -eq [timespan]'30' }
        Should -Invoke Update-ConvoxCertificate -Times 1 -Exactly -ParameterFilter { $Id -eq 'cert-due' }
    }

    It 'can write errors like the cmdlet' {
        Mock Update-ConvoxCertificate {
            Write-Error 'The CA refused.' -ErrorId 'ConvoxSsl.AcmeProblem.rateLimited' -Category LimitsExceeded -TargetObject 'cert-due'
        }
        Update-ConvoxCertificate cert-due -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ConvoxSsl.AcmeProblem.rateLimited*'
    }

    It 'can return different objects by -ParameterFilter' {
        Mock Get-ConvoxCertificate { $due } -ParameterFilter { $Status -contains 'Ready' }
        Mock Get-ConvoxCertificate { }
        (Get-ConvoxCertificate -Status Ready).Id | Should -Be 'cert-due'
        Get-ConvoxCertificate -Status Failed | Should -BeNullOrEmpty
    }

    It 'need -RemoveParameterType for values that only the module converts' {
        # Pester copies the parameters without the module's argument transformations, such as those for 1h30m and for plain-text secrets.
        Mock New-ConvoxCertificate { $Duration } -RemoveParameterType Duration
        New-ConvoxCertificate a.example.org -Duration '1h30m' | Should -Be '1h30m'
        Mock Add-ConvoxDnsSolver { $ApiToken } -RemoveParameterType ApiToken
        Add-ConvoxDnsSolver 1 example.org -ApiToken 'pasted' | Should -Be 'pasted'
    }
}
