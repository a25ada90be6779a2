# Output of the cmdlets as JSON, as CSV and as tables.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:certificates = 'b.example.org', 'a.example.org' | New-ConvoxCertificate -Issuer self-signed
    $script:several = New-ConvoxCertificate c.example.org, d.example.org, e.example.org -Issuer self-signed
    $script:rendering = $PSStyle.OutputRendering
    $PSStyle.OutputRendering = 'PlainText'
}

AfterAll {
    $PSStyle.OutputRendering = $rendering
    Exit-TestSession
}

Describe 'ConvertTo-Json' {
    It 'writes words for enums, and has no depth warning' {
        $solver = Add-ConvoxDnsSolver 1 example.org -ApiToken $session.Servers.cloudflareToken
        $webhook = Set-ConvoxWebhook "$($session.Servers.webhook)/path" -CaCertificate $session.Servers.webhookRoot
        $renewals = Update-ConvoxCertificate
        $schedule = [ConvoxSsl.ConvoxRenewalSchedule]@{ Scheduler = 'Cron'; Times = [timespan[]]('03:17', '15:17') }
        $objects = @($certificates) + $solver + $webhook + @($renewals) + $schedule + $schedule + (Get-ConvoxRack)
        $json = $objects | ConvertTo-Json -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty
        $back = $json | ConvertFrom-Json
        $back[0].Status | Should -Be 'Ready'
        $back[2].Provider | Should -Be 'Cloudflare'
        $back[2].Status | Should -Be 'Untested'
        $back[3].Event | Should -Be 'Renewed', 'Failed', 'Expiring'
        $back[4].Result | Should -Be 'NotDue'
        $back[-2].TimesOfDay | Should -Be '03:17:00', '15:17:00'
        $back[-1].Kind | Should -Be 'Local'
    }
}

Describe 'ConvertTo-Csv' {
    It 'joins lists with commas' {
        ($several | ConvertTo-Csv | ConvertFrom-Csv).Domains | Should -Be 'c.example.org, d.example.org, e.example.org'
        $service = [ConvoxSsl.ConvoxServiceCertificate]@{ Service = 'web'; Domain = [string[]]('a.example.org', 'b.example.org') }
        $text = $service, $several, (Get-ConvoxDnsSolver), (Get-ConvoxWebhook), (Update-ConvoxCertificate $several.Id) |
            ForEach-Object { $_ | ConvertTo-Csv }
        $text -join "`n" | Should -Not -Match 'System\.|ConvoxSsl\.'
        ($service | ConvertTo-Csv | ConvertFrom-Csv).Domain | Should -Be 'a.example.org, b.example.org'
    }
}

Describe 'Every output type' {
    BeforeAll {
        function Get-Sample([type] $Type) {
            $type = [Nullable]::GetUnderlyingType($Type) ?? $Type
            if ($type -eq [string]) { 'text' }
            elseif ($type -eq [DateTimeOffset]) { [DateTimeOffset]::Now }
            elseif ($type -eq [uri]) { [uri] 'https://example.org/path' }
            elseif ($type.IsEnum) { $type.GetEnumValues()[0] }
            elseif ($type.IsAssignableTo([System.Collections.IEnumerable])) {
                $item = $type.IsArray ? $type.GetElementType() : $type.GetGenericArguments()[0]
                $list = [array]::CreateInstance($item, 2)
                0, 1 | ForEach-Object { $list[$_] = Get-Sample $item }
                , $list
            }
            else { 1 -as $type }
        }
    }

    It 'converts to JSON without a warning, and to CSV without the names of types' {
        $types = (Get-Command -Module ConvoxSsl).OutputType.Type | Where-Object { $_ -and $_ -ne [string] } | Sort-Object FullName -Unique
        $types.Count | Should -BeGreaterThan 10
        foreach ($type in $types) {
            $values = @{}
            foreach ($property in $type.GetProperties().Where({ $_.CanWrite })) {
                $values[$property.Name] = Get-Sample $property.PropertyType
            }
            $object = [System.Management.Automation.LanguagePrimitives]::ConvertTo($values, $type)
            if ($object -is [ConvoxSsl.ConvoxWebhook]) { $object.Secret = ConvertTo-SecureString secret -AsPlainText -Force }
            $json = $object, $object | ConvertTo-Json -WarningAction Stop | ConvertFrom-Json
            foreach ($property in $type.GetProperties()) {
                $because = "of $type.$($property.Name)"
                if (([Nullable]::GetUnderlyingType($property.PropertyType) ?? $property.PropertyType).IsEnum) {
                    $json[0].($property.Name) | Should -Be "$($object.($property.Name))" -Because $because
                }
            }
            foreach ($cell in ($object | ConvertTo-Csv | ConvertFrom-Csv).PSObject.Properties) {
                $cell.Value | Should -Not -Match '^(System|Microsoft|ConvoxSsl)\.|\[\]' -Because "of $type.$($cell.Name)"
            }
        }
    }
}

Describe 'Exported files' {
    BeforeAll {
        $script:files = Export-ConvoxCertificate $several.Id "$TestDrive/export [1]"
        $script:key = $files | Where-Object Name -eq privkey.pem
    }

    It 'are plain objects' {
        $json = $files | ConvertTo-Json -WarningAction Stop | ConvertFrom-Json
        $json.Name | Should -Be privkey.pem, cert.pem, chain.pem, fullchain.pem
        $json[0].PSObject.Properties.Name | Should -Be Name, FullName, DirectoryName, Length, Mode, LastWriteTime
        ($files | ConvertTo-Csv | ConvertFrom-Csv)[0].FullName | Should -Be $key.FullName
    }

    It 'have the properties of a FileInfo and convert to one' {
        $item = Get-Item -LiteralPath "$TestDrive/export [1]/privkey.pem"
        foreach ($name in 'FullName', 'Name', 'Length', 'DirectoryName', 'Extension', 'BaseName', 'Exists', 'IsReadOnly', 'UnixMode',
            'CreationTime', 'LastWriteTimeUtc', 'PSChildName', 'PSIsContainer', 'PSPath', 'PSParentPath') {
            $key.$name | Should -Be $item.$name -Because "of $name"
        }
        $key.Directory.FullName | Should -Be $item.Directory.FullName
        $key.LastWriteTime.LocalDateTime | Should -Be $item.LastWriteTime
        [System.IO.FileInfo] $info = $key
        $info.FullName | Should -Be $item.FullName
    }

    It 'are accepted by the cmdlets for items, whatever their names' {
        ($files | Get-Item).Name | Should -Be privkey.pem, cert.pem, chain.pem, fullchain.pem
        ($key | Get-Content)[0] | Should -BeLike '*BEGIN*PRIVATE KEY*'
        $null = New-Item -ItemType Directory "$TestDrive/copies"
        $files | Copy-Item -Destination "$TestDrive/copies"
        (Get-ChildItem "$TestDrive/copies").Count | Should -Be 4
        $files | Remove-Item
        Get-ChildItem -LiteralPath "$TestDrive/export [1]" | Should -BeNullOrEmpty
    }
}

Describe 'Tables' {
    It 'are sorted by domain, and show the number of other names and the issuer' {
        (Get-ConvoxCertificate).Domain | Should -Be 'a.example.org', 'b.example.org', 'c.example.org'
        $lines = Get-ConvoxCertificate | Out-String -Stream -Width 80 | Where-Object { $_ }
        $lines[0] | Should -Match '^! ID +DOMAIN +ISSUER +EXPIRES +STATUS'
        $lines[-1] | Should -Match "^  $($several.Id.Substring(0, 14)) c\.example\.org \+2 +self-signed "
    }

    It 'have the width that Out-String was given' {
        $long = New-ConvoxCertificate a-long-name.department.example.org, example.org -Issuer self-signed
        try {
            $long | Out-String -Width 200 | Should -Match 'a-long-name\.department\.example\.org \+1 '
            $long | Out-String -Width 80 | Should -Match '\u2026 \+1 '
        } finally {
            Remove-ConvoxCertificate $long.Id -Confirm:$false
        }
    }

    It 'wrap between words' {
        $renewal = [ConvoxSsl.ConvoxRenewal]@{
            Id = 'cert-1'; Domain = 'a.example.org'; Result = 'Failed'; Reason = 'unauthorized: the validation of https://ca.example/authz'
        }
        $shown = $renewal | Out-String -Width 80
        foreach ($word in 'unauthorized:', 'validation', 'https://ca.') {
            $shown | Should -Match "(?m)(^| )$([regex]::Escape($word))( |`r?$)"
        }
    }

    It 'group the checks of a domain by its name' {
        $shown = Test-ConvoxDomain one.example.org, two.example.org -Issuer self-signed | Out-String -Width 80
        $shown | Should -Match '(?m)^   Domain: one\.example\.org'
        $shown | Should -Match '(?m)^Certificates +True '
    }

    It 'show the size and the mode of exported files' -Skip:$IsWindows {
        $files = Export-ConvoxCertificate $several.Id "$TestDrive/export"
        $files[0] | Should -BeOfType ConvoxSsl.ConvoxFile
        $files | Out-String | Should -Match '-rw------- +.* [0-9]+ privkey\.pem'
    }
}
