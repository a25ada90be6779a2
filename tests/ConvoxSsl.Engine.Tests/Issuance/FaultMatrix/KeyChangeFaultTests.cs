using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>A column of the table: the rack has the current key, and no second one.</summary>
public sealed class KeyChangeFaultTests : FaultMatrixTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.KeyChange, MemberType = typeof(FaultTable))]
    public async Task A_fault_at_key_change_ends_as_stated(string fault, string outcome, string error)
    {
        await StartAsync();
        await CreateAccountAsync();
        var before = Ca.Accounts[0].Thumbprint;
        using var engine = NewEngine();
        SwitchOn(fault, AcmeResource.KeyChange);
        var failure = await RunWithFaultAsync(
            () => engine.Accounts.ChangeKeyAsync(Ca.DirectoryUrl, KeyAlgorithm.EcdsaP256, CancellationToken.None), AcmeResource.KeyChange);
        Assert.Equal(outcome == "ok" ? "-" : error, failure);

        Assert.Equal(outcome == "old", Ca.Accounts[0].Thumbprint == before);
        using var key = await Rack.Accounts.ReadKeyAsync(Ca.DirectoryUrl, CancellationToken.None);
        Assert.Equal(Assert.Single(Ca.Accounts).Thumbprint, Jwk.ComputeThumbprint(key));
        Assert.Null(await Rack.Accounts.ReadNextKeyAsync(Ca.DirectoryUrl, CancellationToken.None));
        await engine.IssueAsync(Request(Name), CancellationToken.None);
        await AssertNoSecretIsReportedAsync();
    }
}
