using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <content>Certificates and their versions.</content>
public abstract partial class RackContract
{
    [Fact]
    public async Task A_version_is_read_as_it_was_stored()
    {
        using var material = Material("www.example.org");
        var added = await AddAsync("cert-a", material);
        var found = await Rack.Certificates.FindAsync("cert-a", default);

        Assert.Equivalent(added, found, strict: true);
        Assert.Equal(1, found!.LiveVersion);
        Assert.Equal(material.Chain.Leaf.SerialNumber, found.Live.SerialNumber);
        Assert.Equal(material.Chain.Leaf.NotAfter.ToUniversalTime(), found.Live.Expires);
        Assert.Equal(TimeSpan.Zero, found.Live.Expires.Offset);
        Assert.Equal("EcdsaP256", found.Live.KeyAlgorithm);
        using var read = await Rack.Certificates.ReadAsync("cert-a", 1, default);
        Assert.Equal(material.Chain.FullPem(), read.Chain.FullPem());
        Assert.Equal(material.Key!.ToPem(), read.Key!.ToPem());
    }

    [Fact]
    public async Task Settings_are_preserved()
    {
        var settings = new IssuanceSettings
        {
            DirectoryUrl =
                Ca, KeyAlgorithm =
                    KeyAlgorithm.Rsa3072, Duration =
                        TimeSpan.FromDays(6), Profile = "shortlived", EmptySubject = true, PreferredChain = "Root X",
            ChallengeType = "http-01",
            Http01Names = "a.example.org,b.example.org",
            HttpPort = 8080,
            HttpAddress = "::1",
            TlsPort = 8443,
            WebRoot = "/srv",
            SigningRequest = "PEM",
            ReuseKey = true,
        };
        using var material = Material("www.example.org");
        await Rack.PrepareAsync(default);
        await Rack.Certificates.AddVersionAsync(
            Record("cert-a") with { Settings = settings, Generated = true },
            material,
            Now,
            Now,
            3,
            default);

        Assert.Equal(settings, (await Rack.Certificates.FindAsync("cert-a", default))!.Record.Settings);
    }

    [Fact]
    public async Task The_newest_version_is_live_and_the_oldest_are_removed()
    {
        for (var i = 1; i <= 5; i++)
        {
            using var material = Material("www.example.org");
            var entry = await AddAsync("cert-a", material, keep: 3);
            Assert.Equal(i, entry.LiveVersion);
        }

        var found = await Rack.Certificates.FindAsync("cert-a", default);
        Assert.Equal([3, 4, 5], found!.Versions.Select(v => v.Number));
        await Assert.ThrowsAsync<EngineException>(() => Rack.Certificates.ReadAsync("cert-a", 2, default));
    }

    [Fact]
    public async Task An_older_version_can_be_made_live_and_numbering_continues()
    {
        using var first = Material("www.example.org");
        using var second = Material("www.example.org");
        using var third = Material("www.example.org");
        await AddAsync("cert-a", first);
        await AddAsync("cert-a", second);
        Assert.Equal(1, (await Rack.Certificates.SwitchAsync("cert-a", 1, default)).LiveVersion);
        Assert.Equal(first.Chain.Leaf.SerialNumber, (await Rack.Certificates.FindAsync("cert-a", default))!.Live.SerialNumber);

        Assert.Equal(3, (await AddAsync("cert-a", third)).LiveVersion);
        var error = await Assert.ThrowsAsync<EngineException>(() => Rack.Certificates.SwitchAsync("cert-a", 9, default));
        Assert.Equal("CertificateNotFound", error.Code);
    }

    [Fact]
    public async Task Metadata_is_updated_without_changing_the_live_version()
    {
        using var material = Material("www.example.org");
        var entry = await AddAsync("cert-a", material);
        await Rack.Certificates.UpdateAsync(
            entry with { Versions = [entry.Live with { Revoked = Now, RevocationReason = "Superseded" }] }, default);

        var found = await Rack.Certificates.FindAsync("cert-a", default);
        Assert.Equal(Now, found!.Live.Revoked);
        Assert.Equal("Superseded", found.Live.RevocationReason);
    }

    [Fact]
    public async Task Certificates_are_listed_by_id_and_removed()
    {
        foreach (var id in new[] { "cert-b", "cert-a", "cert-c" })
        {
            using var material = Material("www.example.org");
            await AddAsync(id, material);
        }

        await Rack.Certificates.RemoveAsync("cert-b", default);
        var ids = await Rack.Certificates.ListAsync(null, default).Select(e => e.Record.Id).ToListAsync();
        Assert.Equal(["cert-a", "cert-c"], ids);
    }

    [Fact]
    public async Task A_certificate_is_found_by_its_names_in_any_order_and_by_its_origin()
    {
        var names = CertificateNameSet.Parse(["b.example.org", "a.example.org"]);
        await AddForAsync(names, generated: true);
        await AddForAsync(CertificateNameSet.Parse(["a.example.org"]), generated: true);
        var swapped = CertificateNameSet.Parse(["a.example.org", "b.example.org"]);

        Assert.Equal(
            [names.ToCertificateId()],
            (await Rack.Certificates.ListForAsync(swapped, generated: true, default).ToListAsync()).Select(c => c.Record.Id));
        Assert.Single(
            await Rack.Certificates.ListForAsync(CertificateNameSet.Parse(["a.example.org"]), generated: true, default).ToListAsync());
        Assert.Empty(await Rack.Certificates.ListForAsync(swapped, generated: false, default).ToListAsync());
        Assert.Empty(await Rack.Certificates.ListImportedForAsync(swapped, default).ToListAsync());

        // Changes since the last search count too.
        await AddForAsync(swapped, generated: true);
        await Rack.Certificates.RemoveAsync(names.ToCertificateId(), default);
        Assert.Equal(
            [swapped.ToCertificateId()],
            (await Rack.Certificates.ListForAsync(names, generated: true, default).ToListAsync()).Select(c => c.Record.Id));
    }

    [Fact]
    public async Task A_certificate_for_the_users_own_request_has_no_key()
    {
        using var material = Material("www.example.org");
        await AddAsync("cert-a", material with { Key = null });
        using var read = await Rack.Certificates.ReadAsync("cert-a", 1, default);
        Assert.Null(read.Key);
    }

    private async Task AddForAsync(CertificateNameSet names, bool generated)
    {
        using var material = Material(names[0].Value);
        await Rack.PrepareAsync(default);
        var record = Record(names.ToCertificateId()) with
        {
            Domains = [.. names.Select(n => n.Value)],
            Generated = generated,
            Settings = new IssuanceSettings(),
        };
        await Rack.Certificates.AddVersionAsync(record, material, Now, Now, 3, default);
    }
}
