using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Hosting;

namespace ConvoxSsl.Tests.Commands;

/// <summary>A session beside a CA that does as it is told. Scripts know it as <c>$directory</c> and <c>$root</c>.</summary>
internal sealed class ScriptedCaSession : IAsyncDisposable
{
    private ScriptedCaSession(AcmeTestServer ca, HostedPowerShell powerShell)
    {
        Ca = ca;
        PowerShell = powerShell;
    }

    /// <summary>The parameters that every issuance from this CA needs, with a web root that it does not look into.</summary>
    public const string Issuing = "-Issuer $directory -CaCertificate $root -WebRoot $webRoot -AcceptTermsOfService";

    /// <summary>The CA.</summary>
    public AcmeTestServer Ca { get; }

    /// <summary>The session.</summary>
    public HostedPowerShell PowerShell { get; }

    /// <summary>The directory where http-01 responses appear.</summary>
    public string WebRoot => PowerShell["www"];

    /// <summary>Starts both.</summary>
    /// <param name="options">How the CA behaves; it takes each challenge for met.</param>
    /// <param name="answers">What the person at the prompt answers; null for nobody there.</param>
    public static async Task<ScriptedCaSession> StartAsync(AcmeTestServerOptions? options = null, params string[]? answers)
    {
        var ca = await AcmeTestServer.StartAsync((options ?? new AcmeTestServerOptions()) with { AcceptsAllChallenges = true }, CancellationToken.None);
        var session = new ScriptedCaSession(ca, new HostedPowerShell(answers is { Length: > 0 } ? answers : null));
        Directory.CreateDirectory(session.WebRoot);
        session.PowerShell.Set("directory", ca.DirectoryUrl.AbsoluteUri);
        session.PowerShell.Set("root", ca.RootFile);
        session.PowerShell.Set("webRoot", session.WebRoot);
        return session;
    }

    /// <summary>Runs a script to its end.</summary>
    public Task<PowerShellResult> RunAsync(string script) => PowerShell.RunAsync(script, CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        PowerShell.Dispose();
        await Ca.DisposeAsync();
    }
}
