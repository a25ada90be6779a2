using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>A column of the table: the certificate stays, and the CA is queried again when allowed.</summary>
public sealed class RenewalInfoFaultTests : FaultMatrixTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.RenewalInfo, MemberType = typeof(FaultTable))]
    public async Task A_fault_at_renewal_info_ends_as_stated(string fault, string outcome, string error)
    {
        await StartAsync();
        var issued = await IssueAsync(Name);
        using var engine = NewEngine();
        SwitchOn(fault, AcmeResource.RenewalInfo);
        var entry = issued;
        Assert.Equal(
            "-",
            await RunWithFaultAsync(
                async () => entry = await engine.Renewals.RefreshAsync(issued, CancellationToken.None), AcmeResource.RenewalInfo));

        Assert.Equal(outcome == "ok", entry.Live.Advice?.RenewAt is not null);
        if (outcome == "own")
        {
            Assert.Equal(issued.Live.RenewAfter, entry.Live.RenewAfter);
            var said = error switch
            {
                "unreachable" => "Could not reach the CA at ",
                "malformedAnswer" => "The response of the CA at ",
                "about:blank" => "The request to the CA at ",
                _ => $"({error})",
            };
            Assert.Contains(Events.All, e => e.Text.Contains(said, StringComparison.Ordinal));
            Assert.InRange(entry.Live.Advice!.AskAgainAt - Clock.GetUtcNow(), TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
            Clock.Advance(entry.Live.Advice.AskAgainAt - Clock.GetUtcNow());
            Assert.NotNull((await engine.Renewals.RefreshAsync(entry, CancellationToken.None)).Live.Advice!.RenewAt);
        }

        Assert.Equal(
            issued.Live.SerialNumber, (await Rack.Certificates.FindAsync(issued.Record.Id, CancellationToken.None))!.Live.SerialNumber);
        await AssertNoSecretIsReportedAsync();
    }
}
