using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>The states of journal files as earlier versions have written them.</summary>
public sealed class OrderStateTests : IDisposable
{
    private const string Name = "one.example.org";

    private const string Failure = """
        "failure": { "code": "AcmeProblem.unauthorized", "cause": "no", "at": "2026-03-01T10:00:00+00:00", "count": 2,
        "nextTry": "2026-03-01T10:10:00+00:00", "isAskedByCa": false },
        """;

    private const string Published = """
        "published": [ { "type": "dns-01", "name": "one.example.org", "token": "t", "keyAuthorization": "t.k",
        "location": "1/_acme-challenge.one.example.org" } ],
        """;

    private const string Url = """
        "accountUrl": "https://ca.example/acct/1", "orderUrl": "https://ca.example/order/1",
        """;

    private readonly TemporaryDirectory _home = new();

    public static TheoryData<string, OrderState, bool> Files => new()
    {
        { """ "accountUrl": "https://ca.example/acct/1", "published": [], "isDryRun": false, "isEnded": false """, OrderState.New, false },
        { """ "published": [], "isDryRun": true, "isEnded": false """, OrderState.New, true },
        { $""" {Url} "published": [], "isDryRun": false, "isEnded": false """, OrderState.Open, false },
        { $""" {Url} {Published} "replaces": "a.b", "isDryRun": false, "isEnded": false """, OrderState.Open, false },
        { $""" {Url} {Failure} "published": [], "isDryRun": false, "isEnded": false """, OrderState.Open, false },
        { $""" {Url} "published": [], "waitsFor": "the owner", "isDryRun": false, "isEnded": false """, OrderState.WaitingForOwner, false },
        { $""" {Failure} "published": [], "isDryRun": false, "isEnded": true """, OrderState.Failed, false },
        { $""" {Failure} {Published} "isDryRun": false, "isEnded": true """, OrderState.Failed, true },
        { $""" {Url} {Published} "isDryRun": false, "isEnded": true """, OrderState.Ended, true },
        { $""" {Published} "isDryRun": false, "isEnded": true """, OrderState.Ended, true },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_journal_file_of_an_earlier_version_has_the_state_of_its_members(string members, OrderState state, bool isLeftover)
    {
        var id = CertificateNameSet.Parse([Name]).ToCertificateId();
        var rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);
        await rack.PrepareAsync(CancellationToken.None);
        await File.WriteAllTextAsync(
            Path.Combine(rack.Location, "orders", id + ".json"),
            $$"""
            {
              "certificate": {
                "id": "{{id}}",
                "domains": [ "{{Name}}" ],
                "issuer": "letsencrypt",
                "generated": true,
                "settings": { "directoryUrl": "https://acme-v02.api.letsencrypt.org/directory", "keyAlgorithm": "EcdsaP256",
                "emptySubject": false, "skipPropagationCheck": false, "reuseKey": false }
              },
              "version": 1,
              "started": "2026-03-01T10:00:00+00:00",
              {{members}}
            }
            """);

        var order = (await rack.Orders.FindAsync(id, CancellationToken.None))!;
        Assert.Equal((state, isLeftover), (order.State, order.IsLeftover));
        Assert.Equal(state is OrderState.New or OrderState.Open or OrderState.WaitingForOwner, order.IsResumable);
    }

    [Fact]
    public async Task The_state_is_not_a_member_of_the_file()
    {
        var id = CertificateNameSet.Parse([Name]).ToCertificateId();
        var rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);
        await rack.PrepareAsync(CancellationToken.None);
        var record = new CertificateRecord { Id = id, Domains = [Name], Issuer = "letsencrypt" };
        await rack.Orders.SaveAsync(new OrderRecord { Certificate = record, Started = DateTimeOffset.UnixEpoch }, CancellationToken.None);

        var text = await File.ReadAllTextAsync(Path.Combine(rack.Location, "orders", id + ".json"));
        Assert.DoesNotContain("state", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("isResumable", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("isLeftover", text, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose() => _home.Dispose();
}
