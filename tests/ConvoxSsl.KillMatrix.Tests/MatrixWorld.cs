using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>One run that goes wrong: a rack, a name and an account of its own.</summary>
public sealed record MatrixCase(MatrixWorld World, string Root, string Name, bool IsRenewal)
{
    /// <summary>The rack.</summary>
    public LocalRack Rack { get; } = new("test", Path.Combine(Root, "rack"), [CloudflareProvider.CreateDescriptor(new CloudflareOptions())]);

    /// <summary>The id of its certificate.</summary>
    public string Id { get; } = CertificateNameSet.Parse([Name]).ToCertificateId();
}

/// <summary>A CA and what it looks at, shared by the cases of a matrix.</summary>
public abstract class MatrixWorld : IAsyncDisposable
{
    private readonly ChallengeSolvers _listeners = new();

    /// <summary>The CA's directory.</summary>
    public abstract Uri DirectoryUrl { get; }

    /// <summary>The PEM file of the root that its endpoint is trusted by.</summary>
    public abstract string RootFile { get; }

    /// <summary>What the program's environment has beyond this process's.</summary>
    public virtual IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    /// <summary>What the engine is made of.</summary>
    protected virtual EngineOptions Options => new();

    /// <summary>How the program proves a name: the web root, or the DNS server.</summary>
    public abstract string ProofOf(MatrixCase matrixCase);

    /// <summary>What is there before the case's run.</summary>
    public abstract Task PrepareAsync(MatrixCase matrixCase);

    /// <summary>How the name is proved.</summary>
    protected abstract IssuanceSettings SettingsOf(MatrixCase matrixCase);

    /// <summary>Waits until the CA is done with what a killed run asked of it.</summary>
    public abstract Task SettleAsync(MatrixCase matrixCase);

    /// <summary>Nothing that was published is left.</summary>
    public abstract void AssertNothingIsPublished(MatrixCase matrixCase);

    /// <summary>The orders of the case's account, finished ones included.</summary>
    public virtual async Task<int> CountOrdersAsync(MatrixCase matrixCase)
    {
        using var engine = NewEngine(matrixCase);
        var session = await engine.Accounts.OpenExistingAsync(DirectoryUrl, CancellationToken.None);
        return await session.ListOrdersAsync(CancellationToken.None).CountAsync();
    }

    /// <summary>The engine as the product has it, for the next run.</summary>
    public IssuanceEngine NewEngine(MatrixCase matrixCase) => new(matrixCase.Rack, _listeners, TimeProvider.System, new Silence(), Options);

    /// <summary>What the case's run asks for.</summary>
    public IssueRequest RequestOf(MatrixCase matrixCase) => new()
    {
        Names = CertificateNameSet.Parse([matrixCase.Name]),
        Issuer = Issuer.Parse(DirectoryUrl.AbsoluteUri),
        Settings = SettingsOf(matrixCase),
        Account = new AccountRequest { AcceptTermsOfService = true, CaCertificate = File.ReadAllText(RootFile) },
    };

    /// <summary>
    /// The run after the broken one, as a schedule or a user starts it: it issues, or renews what has not been renewed.
    /// </summary>
    public async Task<CertificateEntry> RunAgainAsync(MatrixCase matrixCase)
    {
        using var engine = NewEngine(matrixCase);
        if (!matrixCase.IsRenewal)
        {
            return await engine.IssueAsync(RequestOf(matrixCase), CancellationToken.None);
        }

        var isRenewed = (await engine.Certificates.GetAsync(matrixCase.Id, CancellationToken.None)).LiveVersion > 1;
        return await engine.RenewAsync(matrixCase.Id, new RenewalRequest { Force = !isRenewed, KeepVersions = 1 }, CancellationToken.None);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _listeners.DisposeAsync();
    }

    private sealed class Silence : IProgress<IssuanceEvent>
    {
        public void Report(IssuanceEvent value)
        {
        }
    }
}
