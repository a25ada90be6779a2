using System.Globalization;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Certificates from a CA that cannot be used, or that differ from the requested one, and the live certificate.</summary>
public sealed class UnusableCertificateTests : IssuanceTest
{
    private const string Name = "one.example.org";

    private static readonly Dictionary<string, Func<CertificateContent, DateTimeOffset, CertificateContent>> Contents = new()
    {
        ["expired"] = (c, now) => c with { NotBefore = now.AddDays(-90), NotAfter = now.AddMinutes(-1) },
        ["almost expired"] = (c, now) => c with { NotAfter = now.AddMinutes(59) },
        ["in 30 days"] = (c, now) => c with { NotBefore = now.AddDays(30) },
        ["in six minutes"] = (c, now) => c with { NotBefore = now.AddMinutes(6) },
        ["other signer"] = (c, _) => c with { HasWrongSignature = true },
        ["authority"] = (c, _) => c with { IsAuthority = true },
    };

    [Theory]
    [InlineData("expired", "expired on 2026-11-24 1")]
    [InlineData("almost expired", "already expires on 2026-11-24 1")]
    [InlineData("in 30 days", "is valid only from 2026-12-24 12:0")]
    [InlineData("in six minutes", "is valid only from 2026-11-24 12:0")]
    [InlineData("other signer", "was signed with another key than that of its issuer 'CN=Test Issuer'")]
    [InlineData("authority", "is a CA certificate")]
    public async Task A_certificate_that_cannot_be_used_does_not_replace_the_live_one(string content, string expected)
    {
        await StartAsync();
        var before = await IssueAsync(Name);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => Contents[content](c, Clock.GetUtcNow())));
        var error = await Assert.ThrowsAsync<AcmeException>(() => RenewAsync(before.Record.Id));

        Assert.Equal(AcmeProblemType.CertificateMismatch, error.Problem.ShortType);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(before.Live.SerialNumber, (await FindAsync(before.Record.Id)).Live.SerialNumber);
        Assert.True(await FindJournalAsync(Name) is { IsEnded: true, Failure: not null });

        var after = await RenewAsync(before.Record.Id);
        Assert.Equal(2, after.LiveVersion);
        Assert.Equal(3, Ca.Orders.Count);
    }

    [Fact]
    public async Task A_certificate_that_begins_within_five_minutes_is_stored()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { NotBefore = Clock.GetUtcNow().AddMinutes(4) }));

        Assert.True((await IssueAsync(Name)).Live.NotBefore > Clock.GetUtcNow());
        Assert.Empty(Events.Warnings);
    }

    [Fact]
    public async Task A_certificate_without_its_intermediate_is_stored_with_a_warning()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Certificate).Change(r => r with { Body = FirstBlock(r.Body) }));
        await IssueAsync(Name);

        Assert.Contains("sent no intermediate certificate", Assert.Single(Events.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_earlier_expiry_than_that_of_the_live_certificate_is_a_warning()
    {
        await StartAsync();
        var before = await IssueAsync(Name);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { NotAfter = Clock.GetUtcNow().AddDays(6) }));
        var after = await RenewAsync(before.Record.Id);

        Assert.Equal(2, after.LiveVersion);
        Assert.Contains(
            after.Live.Expires.ToString("u", CultureInfo.InvariantCulture), Assert.Single(Events.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_duration_that_was_requested_is_accepted()
    {
        await StartAsync();
        using var engine = NewEngine();
        var request = Request(Name);
        var entry = await engine.IssueAsync(
            request with { Settings = request.Settings with { Duration = TimeSpan.FromMinutes(30) } }, CancellationToken.None);

        Assert.InRange(entry.Live.Expires, Clock.GetUtcNow().AddMinutes(25), Clock.GetUtcNow().AddMinutes(30));
    }

    [Fact]
    public async Task A_name_that_the_CA_added_is_a_warning()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { Names = [Name, "www.one.example.org"] }));
        var entry = await IssueAsync(Name);

        Assert.Equal([Name], entry.Record.Domains);
        Assert.Contains("added www.one.example.org", Assert.Single(Events.Warnings), StringComparison.Ordinal);
        Assert.Equal(entry.Live.SerialNumber, (await IssueAsync(Name)).Live.SerialNumber);
    }

    [Fact]
    public async Task A_certificate_is_not_lost_because_of_this_machines_clock()
    {
        await StartAsync();
        Clock.Jump(TimeSpan.FromDays(-2));
        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));
        Assert.Equal(ErrorCode.ClockWrong, error.Code);
        Assert.Contains("and the CA's 2026-11-24 12:", error.Message, StringComparison.Ordinal);

        Clock.Jump(TimeSpan.FromDays(2));
        await IssueAsync(Name);
        Assert.Single(Ca.Orders);
    }

    private static string FirstBlock(string pem) => pem[..pem.IndexOf("-----BEGIN", 1, StringComparison.Ordinal)];

    private async Task<CertificateEntry> RenewAsync(string id)
    {
        using var engine = NewEngine();
        return await engine.RenewAsync(id, new RenewalRequest { Force = true }, CancellationToken.None);
    }

    private async Task<CertificateEntry> FindAsync(string id) =>
        (await Rack.Certificates.FindAsync(id, CancellationToken.None))!;
}
