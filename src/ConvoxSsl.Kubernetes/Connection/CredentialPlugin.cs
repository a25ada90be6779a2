using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;
using k8s.Authentication;
using k8s.KubeConfigModels;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>What a credential plugin gave.</summary>
/// <param name="Token">A bearer token.</param>
/// <param name="Certificate">A client certificate as PEM.</param>
/// <param name="Key">The certificate's key as PEM.</param>
/// <param name="Expires">When they end, where that is known.</param>
internal sealed record PluginCredentials(string? Token, string? Certificate, string? Key, DateTimeOffset? Expires)
{
    /// <inheritdoc/>
    public override string ToString() => "***";
}

/// <summary>
/// A program that a kubeconfig names for getting credentials, such as a cloud's own. It runs when they are needed, and
/// again when they end; nobody is there to answer it.
/// </summary>
/// <seealso href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins"/>
internal sealed partial class CredentialPlugin : ITokenProvider
{
    private const int LongestMessage = 400;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    private readonly ExternalExecution _plugin;
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private volatile PluginCredentials? _last;
    private Task<PluginCredentials>? _running;

    /// <param name="plugin">The program.</param>
    /// <param name="directory">The kubeconfig's directory, which a relative path of the program starts from.</param>
    /// <param name="time">The clock.</param>
    public CredentialPlugin(ExternalExecution plugin, string directory, TimeProvider time) => (_plugin, _directory, _time) = (plugin, directory, time);

    /// <summary>Runs the program.</summary>
    /// <exception cref="EngineException"><c>CredentialPluginFailed</c>.</exception>
    public async Task<PluginCredentials> RunAsync(CancellationToken ct)
    {
        var read = Read(await ExecuteAsync(ct).ConfigureAwait(false));
        _last = read;
        return read;
    }

    /// <inheritdoc/>
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        Task<PluginCredentials> current;
        lock (_gate)
        {
            // All requests wait for the same run, so it is nobody's to stop.
            current = _last is { } last && Lasts(last) ? Task.FromResult(last)
                : _running is { IsCompleted: false } running ? running
                : _running = RunAsync(CancellationToken.None);
        }

        var credentials = await current.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new AuthenticationHeaderValue("Bearer", credentials.Token ?? throw Failed("it gave a token before, and none now."));
    }

    private bool Lasts(PluginCredentials credentials) => credentials.Expires is not { } expires || expires > _time.GetUtcNow() + Early;

    private async Task<string> ExecuteAsync(CancellationToken ct)
    {
        using var process = Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            process.StandardInput.Close();
            var told = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode == 0
                ? output
                : throw Failed($"it ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}.{Quote(await told.ConfigureAwait(false), output)}");
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
        var command = _plugin.Command.IndexOfAny(['/', '\\']) >= 0 ? Path.GetFullPath(_plugin.Command, _directory) : _plugin.Command;
        var start = new ProcessStartInfo(command, _plugin.Arguments ?? []) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, CreateNoWindow = true };
        var asked = new JsonObject { ["apiVersion"] = _plugin.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = new JsonObject { ["interactive"] = false } };
        start.Environment["KUBERNETES_EXEC_INFO"] = asked.ToJsonString();
        foreach (var variable in _plugin.EnvironmentVariables ?? [])
        {
            start.Environment[variable.GetValueOrDefault("name") ?? string.Empty] = variable.GetValueOrDefault("value");
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or ArgumentException or InvalidOperationException)
        {
            throw Failed("it could not be started. Install it, or put it on the PATH.");
        }
    }

    private PluginCredentials Read(string output)
    {
        try
        {
            if (JsonNode.Parse(output)?["status"] is JsonObject status)
            {
                var expires = (string?)status["expirationTimestamp"] is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
                var read = new PluginCredentials((string?)status["token"], (string?)status["clientCertificateData"], (string?)status["clientKeyData"], expires);
                if (read is not { Token: null or "", Certificate: null or "" })
                {
                    return read;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Its words would be quoted, and so a token.
        }

        throw Failed("it gave neither a token nor a certificate.");
    }

    private EngineException Failed(string why) => new(
        ErrorCode.CredentialPluginFailed, EngineErrorKind.Denied, $"The kubeconfig's credential plugin '{_plugin.Command}' failed: {why} Run it by hand to see more, or sign in again.", _plugin.Command);

    // What it says helps; what looks like a token in it, or was in its output, does not belong in an error.
    private static string Quote(string told, string output)
    {
        var plain = Opaque().Replace(Redaction.Redact(told.Trim(), Opaque().Matches(output).Select(match => match.Value)), "***");
        return plain.Length == 0 ? string.Empty : $" It says: {(plain.Length > LongestMessage ? "…" + plain[^LongestMessage..] : plain)}";
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    [GeneratedRegex("[A-Za-z0-9_+=-]{20,}")]
    private static partial Regex Opaque();
}
