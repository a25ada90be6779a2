using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Route53;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>DNS providers with valid, invalid and corrupt credentials, and with credentials repeated by the service.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class DnsSolverScenarios
{
    private const string Issuing = "-Issuer $Directory -CaCertificate $Root -SkipPropagationCheck";

    public static async Task RunAsync(SecretsSession session)
    {
        await UseCloudflareAsync(session);
        await RefuseCloudflareAsync(session);
        await UseRoute53Async(session);
        await RefuseRoute53Async(session);
        await DamageAsync(session);
    }

    private static async Task UseCloudflareAsync(SecretsSession session)
    {
        await session.SucceedAsync($"Add-ConvoxDnsSolver 1 {SecretServers.CloudflareZone} -ApiToken $SecureToken");
        await session.SucceedAsync($"Add-ConvoxDnsSolver 2 {SecretServers.KeyZone} -ApiKey $ApiKey -Email {SecretServers.Email}");
        await session.FailAsync($"Add-ConvoxDnsSolver 1 {SecretServers.CloudflareZone} -ApiToken $Token", "DnsSolverExists");
        await session.FailAsync("Add-ConvoxDnsSolver 9 example.org -ApiToken \"$Token with a space\"", "InvalidCredential");
        await session.FailAsync("Add-ConvoxDnsSolver 9 example.org -ApiToken @($Token, $Token)", "ApiToken");
        await session.FailAsync("Add-ConvoxDnsSolver 9 example.org -ApiToken @{ Token = $Token }", "ApiToken");
        await session.SucceedAsync($"New-ConvoxCertificate '*.{SecretServers.CloudflareZone}' {Issuing}");
        await session.SucceedAsync($"New-ConvoxCertificate '*.{SecretServers.KeyZone}' {Issuing}");
        await session.SucceedAsync("Get-ConvoxDnsSolver");
        await session.FailAsync("Get-ConvoxDnsSolver 99", "DnsSolverNotFound");
        await session.SucceedAsync("Set-ConvoxDnsSolver 1 -ApiToken $Token -PassThru");
        await session.FailAsync("Set-ConvoxDnsSolver 1 -ApiToken \"$Token`n.\"", "InvalidCredential");
        await session.SucceedAsync("Test-ConvoxDnsSolver 1 -PropagationTimeout 1s");
    }

    private static async Task RefuseCloudflareAsync(SecretsSession session)
    {
        var faults = session.Servers.Cloudflare.Faults;
        var (token, key) = (session.Servers.ApiToken, session.Servers.ApiKey);
        var answers = new (int Solver, string Zone, int Status, int Code, string Text)[]
        {
            (1, SecretServers.CloudflareZone, 401, 10000, $"Authentication error: Authorization: Bearer {token}"),
            (1, SecretServers.CloudflareZone, 403, 9109, $"Unauthorized to access requested resource with {Uri.EscapeDataString(token)}"),
            (1, SecretServers.CloudflareZone, 400, 1004, $"{new string('x', 255)} {token}"),
            (
                1,
                SecretServers.CloudflareZone,
                400,
                1004,
                $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("user:" + token))}"),
            (2, SecretServers.KeyZone, 403, 9103, $"Unknown X-Auth-Key {key}"),
            (2, SecretServers.KeyZone, 400, 6003, "Invalid request headers X-Auth-Key: "
                + $"{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(key))} {key}"),
        };
        foreach (var (solver, zone, status, code, text) in answers)
        {
            faults.Add(CloudflareFault.On(_ => true).Always().Respond(CloudflareApiResponse.Error(status, code, "refused", code, text)));
            await session.FailAsync($"New-ConvoxCertificate '*.{solver}-{status}-{code}-{text.Length}.{zone}' {Issuing}", "Dns");
            await session.FailAsync($"Test-ConvoxDnsSolver {solver} -PropagationTimeout 1s", string.Empty);
            faults.Clear();
        }
    }

    private static async Task UseRoute53Async(SecretsSession session)
    {
        await session.SucceedAsync($"Add-ConvoxDnsSolver 3 {SecretServers.Route53Zone} -Region us-east-1");
        await session.SucceedAsync($"New-ConvoxCertificate '*.{SecretServers.Route53Zone}' {Issuing}");
        await session.SucceedAsync("Test-ConvoxDnsSolver 3 -PropagationTimeout 1s");
        await session.SucceedAsync("Get-ConvoxDnsRole -Region us-east-1");
        const string roles = "-CertManagerRole arn:aws:iam::123456789012:role/rack -DnsAccessRole arn:aws:iam::123456789012:role/dns";
        await session.SucceedAsync($"New-ConvoxDnsRolePolicy -HostedZoneId Z0123456789 {roles}");
        await session.FailAsync($"New-ConvoxDnsRolePolicy -HostedZoneId 'z 1' {roles}", "InvalidHostedZoneId");
    }

    private static async Task RefuseRoute53Async(SecretsSession session)
    {
        var aws = session.Servers.Aws;
        var words = session.Servers.CanonicalRequest;
        foreach (var (status, code) in new[] { (
            403,
            "SignatureDoesNotMatch"), (
                403, "AccessDenied"), (400, "InvalidInput"), (400, "InvalidChangeBatch"), (400, "IncompleteSignature") })
        {
            aws.Faults.Add(AwsFault.On("route53:ChangeResourceRecordSets").Error(status, code, words).Always());
            await session.FailAsync($"New-ConvoxCertificate '*.{code}.{SecretServers.Route53Zone}' {Issuing}", "Dns");
            await session.FailAsync("Test-ConvoxDnsSolver 3 -PropagationTimeout 1s", string.Empty);
            aws.Faults.Clear();
            aws.Faults.Add(AwsFault.On("sts:GetCallerIdentity").Error(status, code, words).Always());
            await session.FailAsync("Get-ConvoxDnsRole -Region us-east-1", "AWS");
            aws.Faults.Clear();
        }
    }

    // A token pasted into the file looks like the start of a JSON word.
    private static async Task DamageAsync(SecretsSession session)
    {
        var file = Path.Combine(session.PowerShell.RackPath, "secrets", "cloudflare-dns-credential-1.json");
        var token = session.Servers.ApiToken;
        string[] damages = ["t" + token, $"{{\"value\":n{token}}}", $"{{\"value\":[\"{token}\"]}}", string.Empty];
        foreach (var contents in damages)
        {
            session.WritePrivate(file, contents);
            await session.FailAsync("Test-ConvoxDnsSolver 1 -PropagationTimeout 1s", "cannot be read");
            await session.FailAsync($"New-ConvoxCertificate '*.damaged.{SecretServers.CloudflareZone}' {Issuing} -Force", "SecretDamaged");
        }

        File.Delete(file);
        Directory.CreateDirectory(file);
        await session.FailAsync("Test-ConvoxDnsSolver 1 -PropagationTimeout 1s", "AccessDenied");
        Directory.Delete(file);
        await session.SucceedAsync("Remove-ConvoxDnsSolver 1 -Confirm:$false");
        await session.FailAsync("Remove-ConvoxDnsSolver 1 -Confirm:$false", "DnsSolverNotFound");
    }
}
