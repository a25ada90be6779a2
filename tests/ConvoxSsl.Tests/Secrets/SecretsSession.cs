using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>
/// A session whose output and files are searched for secrets, with the servers that the secrets are for. All cmdlets run with
/// -Verbose and -Debug.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed partial class SecretsSession : IAsyncDisposable
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly ChangedEnvironment _environment = new();
    private readonly List<(string Script, string Output)> _runs = [];
    private readonly List<string> _leaks = [];
    private readonly List<string> _unexpected = [];
    private readonly HashSet<string> _succeeded = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _failed = new(StringComparer.OrdinalIgnoreCase);

    private SecretsSession(KnownSecrets secrets, SecretServers servers) => (Secrets, Servers) = (secrets, servers);

    public HostedPowerShell PowerShell { get; } = new();

    public KnownSecrets Secrets { get; }

    public SecretServers Servers { get; }

    /// <summary>The number of scripts and the amount of their output.</summary>
    public (int Runs, int Characters) Size => (_runs.Count, _runs.Sum(r => r.Output.Length));

    public static async Task<SecretsSession> StartAsync()
    {
        var secrets = new KnownSecrets();
        var session = new SecretsSession(secrets, await SecretServers.StartAsync(secrets, CancellationToken.None));
        session.SetEnvironment();
        session.SetVariables();
        await session.PowerShell.RunAsync(
            "$global:PSDefaultParameterValues = @{ '*-Convox*:Verbose' = $true; '*-Convox*:Debug' = $true; "
                + "'*-Convox*:InformationAction' = 'Continue'; '*-Convox*:WarningAction' = 'Continue' }", CancellationToken.None);
        return session;
    }

    /// <summary>Adds a secret to the session as a text variable and as a secure string variable with the prefix <c>Secure</c>.</summary>
    public string Give(string variable, string secret)
    {
        PowerShell.Set(variable, secret);
        PowerShell.Set("Secure" + variable, new NetworkCredential(string.Empty, secret).SecurePassword);
        return secret;
    }

    /// <summary>Writes a file that only its owner can read.</summary>
    public void WritePrivate(string name, string text)
    {
        File.WriteAllText(PowerShell[name], string.Empty);
        File.SetUnixFileMode(PowerShell[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(PowerShell[name], text);
    }

    /// <summary>Runs a script that succeeds.</summary>
    public async Task<PowerShellResult> SucceedAsync(string script)
    {
        var result = await RunAsync(script);
        if (Transcript.ReadErrors(result).Any())
        {
            _unexpected.Add($"{script}\n{string.Join('\n', Transcript.ReadErrors(result))}");
        }

        _succeeded.UnionWith(CmdletPattern().Matches(script).Select(m => m.Value));
        return result;
    }

    /// <summary>Runs a script that fails.</summary>
    /// <param name="script">The script. Its last cmdlet fails.</param>
    /// <param name="expected">Part of the error ID or message.</param>
    public async Task<PowerShellResult> FailAsync(string script, string expected)
    {
        var result = await RunAsync(script);
        var failure =
            string.Join('\n', Transcript.ReadErrors(result).Select(e => $"{e.FullyQualifiedErrorId} {e}").Concat(result.Warnings));
        failure += string.Join('\n', result.Of<ConvoxCheck>().Where(c => !c.Passed).Select(c => $"{c.Check} {c.Detail}"));
        failure += string.Join('\n', result.Of<ConvoxRenewal>().Where(r => r.Result == ConvoxRenewalResult.Failed).Select(r => r.Reason));
        if (failure.Length == 0 || !failure.Contains(expected, StringComparison.Ordinal))
        {
            _unexpected.Add($"{script}\nexpected '{expected}', but: {failure}");
        }

        _failed.Add(CmdletPattern().Matches(script)[^1].Value);
        return result;
    }

    /// <summary>Asserts that no file contains a secret.</summary>
    public void RequireNowhere(string name) =>
        _leaks.AddRange(Files()
            .Where(f => Secrets.FindIn(File.ReadAllText(f.FullName)).Contains(name))
            .Select(f => $"The {name} lies in {f.FullName}"));

    /// <summary>The exported cmdlets that did not both succeed and fail.</summary>
    public IReadOnlyList<string> Missing()
    {
        var manifest = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ConvoxSsl.psd1"));
        return
        [
            .. CmdletPattern().Matches(manifest).Select(m => m.Value).Distinct()
                .Where(name => !_succeeded.Contains(name) || !_failed.Contains(name))
                .Select(name =>
                    $"{name} ({(_succeeded.Contains(name) ? "never failed" : _failed.Contains(name) ? "never succeeded" : "never ran")})"),
        ];
    }

    /// <summary>The scripts that succeeded or failed unexpectedly.</summary>
    public IReadOnlyList<string> Unexpected => _unexpected;

    /// <summary>The places where a secret was shown or readable, with its name.</summary>
    public IReadOnlyList<string> Leaks() =>
    [
        .. _leaks,
        .. _runs.SelectMany(run => Secrets.FindIn(run.Output).Select(name => $"The {name} is shown by: {run.Script}")),
    ];

    public async ValueTask DisposeAsync()
    {
        PowerShell.Dispose();
        await Servers.DisposeAsync();
        _environment.Dispose();
    }

    private async Task<PowerShellResult> RunAsync(string script)
    {
        var result = await PowerShell.RunAsync(script, CancellationToken.None);
        var length = PowerShell.Host.Text.Length;
        PowerShell.Set("Shown", result.Objects.ToArray());
        await PowerShell.RunAsync("$Shown | Out-Default", CancellationToken.None);
        _runs.Add((script, $"{Transcript.Of(result)}\n{PowerShell.Host.Text[length..]}"));
        Learn();
        LookAtFiles(script);
        return result;
    }

    // The created private keys, and the signatures of the MAC key or a new account key.
    private void Learn()
    {
        foreach (var file in Files().Where(f => f.Extension == ".pem"))
        {
            if (File.ReadAllText(file.FullName) is var text
                && text.StartsWith("-----BEGIN ", StringComparison.Ordinal)
                && text.TrimEnd().EndsWith("PRIVATE KEY-----", StringComparison.Ordinal))
            {
                Secrets.AddKey($"private key of {file.Directory!.Name}/{file.Name}", text);
            }
        }

        foreach (var payload in Servers.Ca.Requests.Concat(Servers.BindingCa.Requests)
            .Where(r => r.Resource is AcmeResource.NewAccount or AcmeResource.KeyChange)
            .Select(r => r.Payload))
        {
            if ((payload?["externalAccountBinding"] ?? payload) is JsonObject signed && (string?)signed["signature"] is { } signature)
            {
                Secrets.Add("inner signature", signature);
            }
        }
    }

    private void LookAtFiles(string script)
    {
        foreach (var file in Files().Where(f => (f.UnixFileMode & Others) != 0))
        {
            _leaks.AddRange(Secrets.FindIn(File.ReadAllText(file.FullName))
                .Select(name => $"The {name} lies open in {file.FullName} after: {script}"));
        }
    }

    private IEnumerable<FileInfo> Files() =>
        new DirectoryInfo(PowerShell["."]).EnumerateFiles(
            "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });

    private void SetEnvironment()
    {
        _environment.Set("CLOUDFLARE_BASE_URL", Servers.Cloudflare.BaseUrl.AbsoluteUri);
        _environment.Set("AWS_ENDPOINT_URL_ROUTE_53", Servers.Aws.Url.AbsoluteUri);
        _environment.Set("AWS_ENDPOINT_URL_STS", Servers.Aws.Url.AbsoluteUri);
        _environment.Set("AWS_ACCESS_KEY_ID", SecretServers.AccessKeyId);
        _environment.Set("AWS_SECRET_ACCESS_KEY", Servers.SecretAccessKey);
        _environment.Set("AWS_SESSION_TOKEN", Servers.SessionToken);
        _environment.Set("AWS_EC2_METADATA_DISABLED", "true");
        _environment.Set("CONVOXSSL_DNS_SERVERS", Servers.Dns.Endpoint.ToString());
        _environment.Set("PSModulePath", PowerShell["modules"]);
        _environment.Set("PATH", $"{PowerShell["programs"]}:{Environment.GetEnvironmentVariable("PATH")}");
    }

    private void SetVariables()
    {
        Directory.CreateDirectory(PowerShell["www"]);
        PowerShell.Set("Folder", PowerShell["."]);
        PowerShell.Set("Directory", Servers.Ca.DirectoryUrl.AbsoluteUri);
        PowerShell.Set("Root", Servers.Ca.RootFile);
        PowerShell.Set("BindingDirectory", Servers.BindingCa.DirectoryUrl.AbsoluteUri);
        PowerShell.Set("BindingRoot", Servers.BindingCa.RootFile);
        PowerShell.Set("Www", PowerShell["www"]);
        Give("Token", Servers.ApiToken);
        Give("ApiKey", Servers.ApiKey);
        Give("MacKey", Servers.MacKey);
        Give("WebhookSecret", Servers.WebhookSecret);
        PowerShell.Set("WebhookUrl", $"{Servers.Webhook.Origin}/{Servers.WebhookPath}?token={Servers.WebhookQuery}");
        PowerShell.Set("WebhookRoot", Servers.Webhook.RootFile);
    }

    [GeneratedRegex("[A-Z][a-z]+-Convox[A-Za-z]+")]
    private static partial Regex CmdletPattern();
}
