namespace ConvoxSsl.Tests.Secrets;

/// <summary>A convox.yml with secrets in its environment.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class ManifestScenarios
{
    public static async Task RunAsync(SecretsSession session)
    {
        var secret = session.Secrets.Add("environment's secret", "Env+1ronment & \"secret\" of an app");
        session.WritePrivate("convox.yml", $"environment:\n  - API_KEY={secret}\nservices:\n  web:\n    domain: one.example.org\n  api:\n");
        await session.SucceedAsync("Get-ConvoxServiceCertificate $Folder/convox.yml");
        await session.FailAsync("Get-ConvoxServiceCertificate $Folder/convox.yml -Service none", "ServiceNotFound");
        await session.SucceedAsync(
            "New-ConvoxCertificate web.example.org -Issuer self-signed "
            + "| Set-ConvoxServiceCertificate web -Path $Folder/convox.yml -PassThru");
        await session.FailAsync("Set-ConvoxServiceCertificate none web.example.org -Path $Folder/convox.yml", "ServiceNotFound");
        session.WritePrivate("convox.yml", $"environment:\n  - API_KEY={secret}\n - \"{secret}\nservices: {{\n");
        await session.FailAsync("Get-ConvoxServiceCertificate $Folder/convox.yml", "InvalidManifest");
        await session.FailAsync("Set-ConvoxServiceCertificate web web.example.org -Path $Folder/convox.yml", "InvalidManifest");
    }
}
