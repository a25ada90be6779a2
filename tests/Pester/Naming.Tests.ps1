# How a certificate is named: by an ID, the beginning of one, a domain, or wildcards.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $script:session = Enter-TestSession $TestDrive
    $script:www = New-ConvoxCertificate www.example.org, example.org -Issuer self-signed
    $script:api = New-ConvoxCertificate api.example.org -Issuer self-signed
}

AfterAll { Exit-TestSession }

Describe 'A certificate' {
    It 'is named by <_>' -ForEach 'a domain', 'the beginning of its ID', 'what a table shows of its ID', 'wildcards' {
        $name = @{
            'a domain'                      = 'www.example.org'
            'the beginning of its ID'       = $www.Id.Substring(0, 12)
            'what a table shows of its ID'  = "$($www.Id.Substring(0, 24))…"
            'wildcards'                     = 'www.*'
        }[$_]
        (Get-ConvoxCertificate $name).Id | Should -Be $www.Id
        (Update-ConvoxCertificate $name).Id | Should -Be $www.Id
        (Wait-ConvoxCertificate $name).Id | Should -Be $www.Id
        (Export-ConvoxCertificate $name "$TestDrive/one" -Force).Name | Should -Contain 'fullchain.pem'
        (Update-ConvoxCertificate -Domain example.org).Id | Should -Be $www.Id
    }

    It 'is not guessed if several match' {
        { Remove-ConvoxCertificate cert- -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'ConvoxSsl.SeveralCertificates,*'
        Get-ConvoxCertificate | Should -HaveCount 2
    }

    It 'is named by its ID if several share a domain' {
        $other = New-ConvoxCertificate shared.example.org, example.org -Issuer self-signed
        $listed = "*$($other.Id) (self-signed; shared.example.org, example.org)*Name one by its ID*"
        { Export-ConvoxCertificate example.org "$TestDrive/shared" -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.SeveralCertificates,*' -ExpectedMessage $listed
        "$TestDrive/shared" | Should -Not -Exist
        Remove-ConvoxCertificate $other.Id -Confirm:$false
    }

    It 'is named by a property of an object' {
        ([pscustomobject]@{ Domain = 'www.example.org' } | Update-ConvoxCertificate).Id | Should -Be $www.Id
        { Get-ConvoxCertificate | Export-ConvoxCertificate "$TestDrive/twice" -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.InvalidParameters,*' -ExpectedMessage '*Export-ConvoxCertificate -Path *'
    }

    It 'is suggested if none matches' {
        { Export-ConvoxCertificate www.exmaple.org "$TestDrive/none" -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.CertificateNotFound,*' -ExpectedMessage "*'www.example.org' is a name on $($www.Id)*"
    }

    It 'is completed by its domain' {
        (TabExpansion2 'Update-ConvoxCertificate ap' 27).CompletionMatches.CompletionText | Should -Be 'api.example.org'
    }
}
