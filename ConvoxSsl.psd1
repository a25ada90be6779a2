@{
    RootModule = 'ConvoxSsl.dll'
    # The build replaces this value, and the empty ones below, with those of Directory.Build.props. There is no FileList: galleries do not
    # need one, and PowerShell would read it at each import.
    ModuleVersion = '0.0.0'
    GUID = 'b57bad5a-cbec-4695-9bc9-4a9ffa0adb81'
    Author = 'ConvoxSsl contributors'
    CompanyName = 'ConvoxSsl contributors'
    Copyright = '(c) ConvoxSsl contributors. Apache License 2.0.'
    Description = "Issues, lists, renews, revokes and removes TLS certificates over ACME, from Let's Encrypt or any other ACME CA. Does for PowerShell what 'convox certs' does for the Convox CLI, with objects instead of text."
    PowerShellVersion = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess = @('ConvoxSsl.Format.ps1xml')
    TypesToProcess = @('ConvoxSsl.Types.ps1xml')
    CmdletsToExport = @(
        'Add-ConvoxCertificateTarget'
        'Add-ConvoxDnsSolver'
        'Connect-ConvoxRack'
        'Disconnect-ConvoxRack'
        'Export-ConvoxCertificate'
        'Get-ConvoxAcmeAccount'
        'Get-ConvoxCertificate'
        'Get-ConvoxCertificateTarget'
        'Get-ConvoxDnsRole'
        'Get-ConvoxDnsSolver'
        'Get-ConvoxRack'
        'Get-ConvoxRenewal'
        'Get-ConvoxServiceCertificate'
        'Get-ConvoxWebhook'
        'Import-ConvoxCertificate'
        'New-ConvoxAcmeAccount'
        'New-ConvoxCertificate'
        'New-ConvoxDnsRolePolicy'
        'Publish-ConvoxCertificate'
        'Register-ConvoxRenewal'
        'Remove-ConvoxAcmeAccount'
        'Remove-ConvoxCertificate'
        'Remove-ConvoxCertificateTarget'
        'Remove-ConvoxDnsSolver'
        'Remove-ConvoxWebhook'
        'Restore-ConvoxCertificate'
        'Revoke-ConvoxCertificate'
        'Set-ConvoxAcmeAccount'
        'Set-ConvoxCertificateTarget'
        'Set-ConvoxDnsSolver'
        'Set-ConvoxRack'
        'Set-ConvoxServiceCertificate'
        'Set-ConvoxWebhook'
        'Show-ConvoxExpiry'
        'Test-ConvoxCertificateTarget'
        'Test-ConvoxDnsSolver'
        'Test-ConvoxDomain'
        'Test-ConvoxEndpoint'
        'Test-ConvoxWebhook'
        'Unregister-ConvoxRenewal'
        'Update-ConvoxCertificate'
        'Wait-ConvoxCertificate'
    )
    FunctionsToExport = @()
    AliasesToExport = @()
    VariablesToExport = @()
    DscResourcesToExport = @()
    PrivateData = @{
        PSData = @{
            Tags = @('ACME', 'Certificate', 'Convox', 'LetsEncrypt', 'RFC8555', 'SSL', 'TLS', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://www.apache.org/licenses/LICENSE-2.0'
            ProjectUri = ''
            ReleaseNotes = ''
            Prerelease = ''
        }
    }
}
