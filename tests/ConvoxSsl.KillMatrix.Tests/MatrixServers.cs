using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>A run with a fault: it has its own rack, name and account.</summary>
public sealed record MatrixCase(MatrixServers Servers, string Root, string Name, bool IsRenewal)
{
    /// <summary>The rack.</summary>
    public LocalRack Rack { get; } = new(
        "test", Path.Combine(Root, "rack"), [CloudflareProvider.CreateDescriptor(new CloudflareOptions())]);

    /// <summary>True if the run delivers the certificate to a target.</summary>
    public bool IsDelivery { get; init; }

    /// <summary>The id of its certificate.</summary>
    public string Id { get; } = CertificateNameSet.Parse([Name]).ToCertificateId();
}

/// <summary>A CA and the servers that it queries, shared by the cases of a matrix.</summary>
public abstract class MatrixServers : IAsyncDisposable
{
    private readonly ChallengeSolvers _listeners = new();

    /// <summary>The CA's directory.</summary>
    public abstract Uri DirectoryUrl { get; }

    /// <summary>The PEM file with the root of its endpoint.</summary>
    public abstract string RootFile { get; }

    /// <summary>The additional environment variables of the program.</summary>
    public virtual IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    /// <summary>The options of the engine.</summary>
    protected virtual EngineOptions Options => new();

    /// <summary>Returns the argument with which the program validates a name: the web root, or the DNS server.</summary>
    public abstract string GetValidationArgument(MatrixCase matrixCase);

    /// <summary>Prepares the servers for a case.</summary>
    public abstract Task PrepareAsync(MatrixCase matrixCase);

    /// <summary>Returns the settings for the validation of the name.</summary>
    protected abstract IssuanceSettings CreateSettings(MatrixCase matrixCase);

    /// <summary>Waits until the CA has finished the requests of a killed run.</summary>
    public abstract Task SettleAsync(MatrixCase matrixCase);

    /// <summary>Asserts that no published key authorization is left.</summary>
    public abstract void AssertNothingIsPublished(MatrixCase matrixCase);

    /// <summary>Counts the orders of the case's account, including finished ones.</summary>
    public virtual async Task<int> CountOrdersAsync(MatrixCase matrixCase)
    {
        using var engine = NewEngine(matrixCase);
        var session = await engine.Accounts.OpenExistingAsync(DirectoryUrl, CancellationToken.None);
        return await session.ListOrdersAsync(CancellationToken.None).CountAsync(order => !IsRejected(order));
    }

    /// <summary>Returns true for an order that the CA created and no client ever saw.</summary>
    protected virtual bool IsRejected(Uri order) => false;

    /// <summary>Creates the engine of the product, for the next run.</summary>
    public IssuanceEngine NewEngine(MatrixCase matrixCase) =>
        new(matrixCase.Rack, _listeners, TimeProvider.System, new NullProgress(), Options);

    /// <summary>Creates the request of a case.</summary>
    public IssueRequest RequestOf(MatrixCase matrixCase) => new()
    {
        Names = CertificateNameSet.Parse([matrixCase.Name]),
        Issuer = Issuer.Parse(DirectoryUrl.AbsoluteUri),
        Settings = CreateSettings(matrixCase),
        Account = new AccountRequest { AcceptTermsOfService = true, CaCertificate = File.ReadAllText(RootFile) },
    };

    /// <summary>
    /// Runs the engine after the failed run, as a schedule or a user does: it issues, or renews if that has not happened yet.
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

    private sealed class NullProgress : IProgress<IssuanceEvent>
    {
        public void Report(IssuanceEvent value)
        {
        }
    }
}
