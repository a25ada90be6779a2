namespace ConvoxSsl.Tests.Secrets;

/// <summary>Certificates that are delivered to targets, and endpoints that present them.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class TargetScenarios
{
    public static async Task RunAsync(SecretsSession session)
    {
        await session.SucceedAsync("New-ConvoxCertificate target.example.org -Issuer self-signed -WarningAction SilentlyContinue");
        await session.SucceedAsync("Add-ConvoxCertificateTarget target.example.org $Folder/target -Command true");
        await session.SucceedAsync("Add-ConvoxCertificateTarget target.example.org $Folder/target.pfx");
        await session.SucceedAsync(
            "Add-ConvoxCertificateTarget target.example.org -Script { param($Certificate, $Path) \"$($Certificate.Id) in $Path\" }");
        await session.FailAsync("Add-ConvoxCertificateTarget target.example.org $Folder/open -Mode 0644", "KeyExposed");
        await session.SucceedAsync("Set-ConvoxCertificateTarget 1 -Mode 0600 -PassThru");
        await session.FailAsync("Set-ConvoxCertificateTarget 1 -Command false", "NotDelivered");
        await session.FailAsync("Update-ConvoxCertificate target.example.org -Force", "NotDelivered");
        await session.FailAsync("Get-ConvoxCertificateTarget 7", "TargetNotFound");
        await session.FailAsync("Test-ConvoxCertificateTarget 7", "TargetNotFound");
        await session.FailAsync("Remove-ConvoxCertificateTarget 7 -Confirm:$false", "TargetNotFound");
        await session.FailAsync("Test-ConvoxEndpoint 'one example.org'", "InvalidEndpoint");
        await session.SucceedAsync("Get-ConvoxCertificateTarget");
        await session.SucceedAsync("Test-ConvoxCertificateTarget");
        await session.SucceedAsync("Get-ConvoxCertificateTarget | Remove-ConvoxCertificateTarget -Confirm:$false");
        await session.SucceedAsync("Test-ConvoxEndpoint ([uri]$Directory).Authority -CaCertificate $Root");
    }
}
