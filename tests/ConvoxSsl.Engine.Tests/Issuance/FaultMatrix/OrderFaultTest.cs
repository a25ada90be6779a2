using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>The steps on the way to a certificate: the outcome that the table states, and a certificate after the next run.</summary>
public abstract class OrderFaultTest : FaultMatrixTest
{
    private static readonly string Id = CertificateNameSet.Parse([Name]).ToCertificateId();

    private bool _isReplacement;
    private int _before;
    private int _ordered;

    /// <summary>Injects a fault at a step, and asserts the outcome of the order.</summary>
    protected async Task AssertOutcomeAsync(FaultStep step, string fault, string outcome, string error)
    {
        await StartAsync();
        await PrepareAsync(step);
        var resource = GetResource(step);
        SwitchOn(fault, resource);
        var failure = await RunWithFaultAsync(() => OrderAsync(_isReplacement), resource);
        await AssertNothingIsPublishedAsync();

        Assert.Equal(outcome == "ok" ? "-" : error, failure);
        var journal = await FindJournalAsync(Name);
        using var key = await Rack.Orders.ReadKeyAsync(Id, CancellationToken.None);
        if (outcome != "ok")
        {
            AssertLeft(outcome, journal, key);
            Assert.Equal(_before, (await FindLiveAsync())?.LiveVersion ?? 0);
            await AssertDelayedAsync(journal);
            _ordered = Ca.Count(AcmeResource.NewOrder);
            await WaitUntilAllowedAsync(Name);
            await OrderAsync(_isReplacement && outcome == "anew");
        }

        await AssertIssuedAsync(outcome, journal, key);
        await AssertNoSecretIsReportedAsync(key);
    }

    private async Task PrepareAsync(FaultStep step)
    {
        if (step > FaultStep.NewAccount)
        {
            await CreateAccountAsync();
        }

        _isReplacement = step == FaultStep.Replacement;
        if (_isReplacement)
        {
            await IssueAsync(Name);
            _before = 1;
        }
    }

    private async Task OrderAsync(bool force)
    {
        using var engine = NewEngine();
        await engine.IssueAsync(Request(Name) with { Force = force }, CancellationToken.None);
    }

    /// <summary>Asserts the state between the runs.</summary>
    private void AssertLeft(string outcome, OrderRecord? journal, PrivateKey? key)
    {
        switch (outcome)
        {
            case "fresh":
                Assert.True(journal is null or { IsEnded: true, Failure: not null });
                Assert.Empty(Ca.Orders);
                break;
            case "anew":
                Assert.True(journal is { IsEnded: true, OrderUrl: null, Failure: not null });
                Assert.Null(key);
                Assert.DoesNotContain(Ca.Authorizations, a => a.Status == "pending");
                break;
            default:
                Assert.False(journal!.IsEnded);
                Assert.NotNull(key);
                Assert.True(outcome == "key" || journal.OrderUrl is not null);
                break;
        }
    }

    private async Task AssertDelayedAsync(OrderRecord? journal)
    {
        if (journal?.Failure is not { IsTimeout: false } failure || !failure.Holds(Clock.GetUtcNow()) || _isReplacement)
        {
            return;
        }

        var requests = Ca.Requests.Count;
        var error = await Assert.ThrowsAsync<EngineException>(() => OrderAsync(force: false));
        Assert.Equal("RetryLater", error.Code);
        Assert.Equal(requests, Ca.Requests.Count);
    }

    private async Task AssertIssuedAsync(string outcome, OrderRecord? journal, PrivateKey? key)
    {
        Assert.Null(await FindJournalAsync(Name));
        await AssertNothingIsPublishedAsync();
        var entry = await FindLiveAsync();
        Assert.Equal(_before + 1, entry!.LiveVersion);
        using var material = await Rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        Remember(material.Key!);
        Assert.Equal(Ca.IssuedCertificates[^1].Certificate.SerialNumber, entry.Live.SerialNumber);
        Assert.Single(Ca.Accounts);
        if (outcome == "anew")
        {
            return;
        }

        Assert.Equal(_before + 1, Ca.Orders.Count(o => o.Status != "invalid"));
        Assert.Equal(_before + 1, Ca.IssuedCertificates.Count);
        if (outcome is "same" or "key")
        {
            Assert.Equal(key!.Key.ExportSubjectPublicKeyInfo(), material.Chain.Leaf.PublicKey.ExportSubjectPublicKeyInfo());
        }

        if (outcome == "same")
        {
            Assert.Single(Ca.Orders, o => o.Status == "valid" && o.Url == journal!.OrderUrl!.AbsoluteUri);
            Assert.Equal(_ordered, Ca.Count(AcmeResource.NewOrder));
        }
    }

    private Task<CertificateEntry?> FindLiveAsync() => Rack.Certificates.FindAsync(Id, CancellationToken.None);

    private async Task AssertNothingIsPublishedAsync()
    {
        Assert.Empty(Directory.GetFileSystemEntries(WebRoot));
        Assert.True((await FindJournalAsync(Name))?.Published is null or { Count: 0 });
    }

    private static AcmeResource GetResource(FaultStep step) =>
        step == FaultStep.Replacement ? AcmeResource.NewOrder : Enum.Parse<AcmeResource>(step.ToString());
}
