using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>The output of a credential plugin.</summary>
/// <param name="Token">A bearer token.</param>
/// <param name="Certificate">A client certificate as PEM.</param>
/// <param name="Key">The certificate's key as PEM.</param>
/// <param name="Expires">The time at which they expire, if it is known.</param>
internal sealed record PluginCredentials(string? Token, string? Certificate, string? Key, DateTimeOffset? Expires)
{
    /// <inheritdoc/>
    public override string ToString() => "***";
}

/// <summary>
/// Runs a kubeconfig's credential plugin, such as a cloud's CLI, when credentials are needed and again when they expire. The
/// plugin cannot prompt.
/// </summary>
/// <seealso href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins"/>
internal sealed partial class CredentialPlugin : IRequestTokens
{
    private const int MaxMessageLength = 400;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromSeconds(30);

    private readonly PluginSettings _plugin;
    private readonly KubeCluster _cluster;
    private readonly string _location;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private volatile PluginCredentials? _last;
    private Task<PluginCredentials>? _running;

    /// <param name="plugin">The program.</param>
    /// <param name="cluster">The cluster, which the program may ask for.</param>
    /// <param name="location">The kubeconfig, for errors.</param>
    /// <param name="time">The clock.</param>
    public CredentialPlugin(PluginSettings plugin, KubeCluster cluster, string location, TimeProvider time) =>
        (_plugin, _cluster, _location, _time) = (plugin, cluster, location, time);

    /// <summary>Runs the program.</summary>
    /// <exception cref="EngineException"><c>CredentialPluginFailed</c>.</exception>
    public async Task<PluginCredentials> RunAsync(CancellationToken ct)
    {
        var read = Read(await ExecuteAsync(ct).ConfigureAwait(false));
        _last = read;
        return read;
    }

    /// <inheritdoc/>
    public async Task<AuthenticationHeaderValue> GetAsync(CancellationToken ct)
    {
        Task<PluginCredentials> current;
        lock (_gate)
        {
            // All requests share one run, so none of them may cancel it.
            current = _last is { } last && Lasts(last) ? Task.FromResult(last)
                : _running is { IsCompleted: false } running ? running
                : _running = RunAsync(CancellationToken.None);
        }

        var credentials = await current.WaitAsync(ct).ConfigureAwait(false);
        return credentials.Token is { Length: > 0 } token
            ? new AuthenticationHeaderValue("Bearer", token)
            : throw Failed("it returned a token earlier, but not this time.");
    }

    private bool Lasts(PluginCredentials credentials) =>
        credentials.Expires is not { } expires || expires > _time.GetUtcNow() + ExpiryMargin;

    private async Task<string> ExecuteAsync(CancellationToken ct)
    {
        using var process = Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode == 0
                ? output
                : throw Failed($"it ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}."
                    + Quote(await errors.ConfigureAwait(false), output));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Failed($"it did not end within {Limit.TotalMinutes:0} minutes.");
        }
        finally
        {
            Kill(process);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(_plugin.Command, _plugin.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        start.Environment["KUBERNETES_EXEC_INFO"] = Input().ToJsonString();
        foreach (var (name, value) in _plugin.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or ArgumentException or InvalidOperationException)
        {
            throw Failed("it cannot be started.", "Install it, or add its directory to PATH." + Hint());
        }
    }

    private string Hint() => _plugin.InstallHint is { } hint
        ? $" The kubeconfig says: {DisplayText.Shorten(hint.Trim(), MaxMessageLength)}"
        : string.Empty;

    private JsonObject Input()
    {
        var spec = new JsonObject();
        if (_plugin.ProvidesClusterInfo)
        {
            spec["cluster"] = Cluster();
        }

        spec["interactive"] = false;
        return new JsonObject { ["apiVersion"] = _plugin.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = spec };
    }

    private JsonObject Cluster()
    {
        var cluster = new JsonObject { ["server"] = _cluster.Server };
        AddText("tls-server-name", _cluster.TlsServerName);
        AddText("proxy-url", _cluster.ProxyUrl);
        AddText(
            "certificate-authority-data",
            _cluster.Authority.Load(_location) is { } pem ? Convert.ToBase64String(Encoding.UTF8.GetBytes(pem)) : null);
        AddFlag("insecure-skip-tls-verify", _cluster.SkipsVerification);
        AddFlag("disable-compression", _cluster.DisablesCompression);
        if (_cluster.PluginConfig is { } config)
        {
            cluster["config"] = config.DeepClone();
        }

        return cluster;

        void AddText(string name, string? value)
        {
            if (value is not null)
            {
                cluster[name] = value;
            }
        }

        void AddFlag(string name, bool value)
        {
            if (value)
            {
                cluster[name] = true;
            }
        }
    }

    private PluginCredentials Read(string output)
    {
        try
        {
            var answer = JsonNode.Parse(output);
            if ((string?)answer?["apiVersion"] is { } version && version != _plugin.ApiVersion)
            {
                throw Failed($"its output does not have the apiVersion {_plugin.ApiVersion} of the kubeconfig.");
            }

            if (answer?["status"] is JsonObject status)
            {
                DateTimeOffset? expires = (string?)status["expirationTimestamp"] is { } text
                    && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                        ? time
                        : null;
                var read = new PluginCredentials(
                    (string?)status["token"], (string?)status["clientCertificateData"], (string?)status["clientKeyData"], expires);
                if (read is not { Token: null or "", Certificate: null or "" })
                {
                    return read;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // The parser's message may quote a token.
        }

        throw Failed("it returned neither a token nor a certificate.");
    }

    private EngineException Failed(string why, string remedy = "Run it manually to see more, or sign in again.") => new(
        ErrorCode.CredentialPluginFailed,
        EngineErrorKind.Denied,
        $"The kubeconfig's credential plugin '{_plugin.Command}' failed: {why}",
        _plugin.Command)
    {
        Remedy = remedy,
    };

    // The plugin's error output helps, but must not reveal a token or a part of its output.
    private static string Quote(string errors, string output)
    {
        var secrets = Opaque().Matches(output).Select(match => match.Value);
        var plain = Opaque().Replace(Redaction.Redact(errors.Trim(), secrets), "***");
        return plain.Length == 0
            ? string.Empty
            : $" Its error output: {(plain.Length > MaxMessageLength ? "…" + plain[^MaxMessageLength..] : plain)}";
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // The process has ended.
        }
    }

    [GeneratedRegex("[A-Za-z0-9_+=-]{20,}")]
    private static partial Regex Opaque();
}
