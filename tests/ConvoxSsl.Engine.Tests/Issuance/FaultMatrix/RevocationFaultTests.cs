using ConvoxSsl.Engine.Acme;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>A column of the table: a recorded revocation is real, and any other can be repeated.</summary>
public sealed class RevocationFaultTests : FaultMatrixTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.RevokeCertificate, MemberType = typeof(FaultTable))]
    public async Task A_fault_at_revoke_cert_ends_as_stated(string fault, string outcome, string error)
    {
        await StartAsync();
        var id = (await IssueAsync(Name)).Record.Id;
        using var engine = NewEngine();
        Task RevokeAsync() => engine.Certificates.RevokeAsync(id, RevocationReason.Superseded, null, null, CancellationToken.None);
        SwitchOn(fault, AcmeResource.RevokeCertificate);
        Assert.Equal(outcome == "ok" ? "-" : error, await RunWithFaultAsync(RevokeAsync, AcmeResource.RevokeCertificate));

        Assert.Equal(outcome == "ok", (await Rack.Certificates.FindAsync(id, CancellationToken.None))!.Live.Revoked is not null);
        if (outcome != "ok" || fault == "alreadyRevoked")
        {
            await RevokeAsync();
        }

        var entry = (await Rack.Certificates.FindAsync(id, CancellationToken.None))!;
        Assert.NotNull(entry.Live.Revoked);
        Assert.Equal(Assert.Single(Ca.RevokedCertificates).Certificate.SerialNumber, entry.Live.SerialNumber);
        using var material = await Rack.Certificates.ReadAsync(id, entry.LiveVersion, CancellationToken.None);
        await AssertNoSecretIsReportedAsync(material.Key);
    }
}
