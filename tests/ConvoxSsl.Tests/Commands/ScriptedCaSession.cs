using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>A session with a scripted CA. Scripts can use <c>$directory</c> and <c>$root</c>.</summary>
internal sealed class ScriptedCaSession : IAsyncDisposable
{
    private ScriptedCaSession(AcmeTestServer ca, HostedPowerShell powerShell)
    {
        Ca = ca;
        PowerShell = powerShell;
    }

    /// <summary>The parameters of every issuance from this CA. It does not read the web root.</summary>
    public const string Issuing = "-Issuer $directory -CaCertificate $root -WebRoot $webRoot -AcceptTermsOfService";

    /// <summary>The CA.</summary>
    public AcmeTestServer Ca { get; }

    /// <summary>The session.</summary>
    public HostedPowerShell PowerShell { get; }

    /// <summary>The directory of the http-01 responses.</summary>
    public string WebRoot => PowerShell["www"];

    /// <summary>Starts the CA and the session.</summary>
    /// <param name="options">The behavior of the CA. It accepts every challenge.</param>
    /// <param name="answers">The answers to prompts; null for a non-interactive host.</param>
    public static async Task<ScriptedCaSession> StartAsync(AcmeTestServerOptions? options = null, params string[]? answers)
    {
        var ca = await AcmeTestServer.StartAsync(
            (options ?? new AcmeTestServerOptions()) with { AcceptsAllChallenges = true }, CancellationToken.None);
        var session = new ScriptedCaSession(ca, new HostedPowerShell(answers is { Length: > 0 } ? answers : null));
        Directory.CreateDirectory(session.WebRoot);
        session.PowerShell.Set("directory", ca.DirectoryUrl.AbsoluteUri);
        session.PowerShell.Set("root", ca.RootFile);
        session.PowerShell.Set("webRoot", session.WebRoot);
        return session;
    }

    /// <summary>Runs a script.</summary>
    public Task<PowerShellResult> RunAsync(string script) => PowerShell.RunAsync(script, CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        PowerShell.Dispose();
        await Ca.DisposeAsync();
    }
}
