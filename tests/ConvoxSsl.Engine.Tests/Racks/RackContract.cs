using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <summary>The contract of all kinds of racks; each kind has a derived test class.</summary>
public abstract partial class RackContract
{
    protected static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Uri Ca = new("https://ca.example/directory");

    protected abstract IRack Rack { get; }

    [Fact]
    public async Task An_empty_rack_has_nothing()
    {
        Assert.Empty(await Rack.Certificates.ListAsync(null, default).ToListAsync());
        Assert.Empty(await Rack.Accounts.ListAsync(null, default).ToListAsync());
        Assert.Empty(await Rack.Orders.ListAsync(null, default).ToListAsync());
        Assert.Null(await Rack.Certificates.FindAsync("cert-none", default));
        Assert.Null(await Rack.Accounts.FindAsync(Ca, default));
        Assert.Null(await Rack.Orders.FindAsync("cert-none", default));
        await Rack.Certificates.RemoveAsync("cert-none", default);
        await Rack.Accounts.RemoveAsync(Ca, default);
        await Rack.Orders.RemoveAsync("cert-none", default);
    }

    [Fact]
    public async Task An_order_is_found_by_its_names_in_any_order_but_not_a_dry_run()
    {
        await Rack.PrepareAsync(default);
        var names = CertificateNameSet.Parse(["b.example.org", "a.example.org"]);
        var swapped = CertificateNameSet.Parse(["a.example.org", "b.example.org"]);
        await BeginAsync(names.ToCertificateId(), names);
        await BeginAsync("cert-trial", names, isDryRun: true);

        Assert.Equal(
            [names.ToCertificateId()], (await Rack.Orders.ListForAsync(swapped, default).ToListAsync()).Select(o => o.Certificate.Id));
        Assert.Empty(await Rack.Orders.ListForAsync(CertificateNameSet.Parse(["a.example.org"]), default).ToListAsync());
        await Rack.Orders.RemoveAsync(names.ToCertificateId(), default);
        await BeginAsync(swapped.ToCertificateId(), swapped);
        Assert.Equal(
            [swapped.ToCertificateId()], (await Rack.Orders.ListForAsync(names, default).ToListAsync()).Select(o => o.Certificate.Id));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a..b")]
    [InlineData("a\nb")]
    [InlineData("a b")]
    public async Task An_id_that_could_be_another_path_is_refused(string id)
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Rack.Certificates.FindAsync(id, default));
        Assert.Equal("InvalidCertificateId", error.Code);
        await Assert.ThrowsAsync<InvalidInputException>(() => Rack.Certificates.RemoveAsync(id, default));
        await Assert.ThrowsAsync<InvalidInputException>(() => Rack.Orders.RemoveAsync(id, default));
    }

    [Fact]
    public async Task An_account_is_read_as_it_was_stored()
    {
        await Rack.PrepareAsync(default);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var account = new AccountRecord
        {
            DirectoryUrl = Ca,
            Contact = ["mailto:a@example.org"],
            TermsOfServiceAgreed = true,
            CaCertificate = "PEM",
            Created = Now,
        };
        await Rack.Accounts.SaveAsync(account, key, default);
        await Rack.Accounts.UpdateAsync(account with { Url = new Uri("https://ca.example/acct/1") }, default);

        Assert.Equivalent(
            account with { Url = new Uri("https://ca.example/acct/1") }, await Rack.Accounts.FindAsync(Ca, default), strict: true);
        using var storedKey = await Rack.Accounts.ReadKeyAsync(Ca, default);
        Assert.Equal(key.ToPem(), storedKey.ToPem());
        Assert.Single(await Rack.Accounts.ListAsync(null, default).ToListAsync());
        await Rack.Accounts.RemoveAsync(Ca, default);
        Assert.Null(await Rack.Accounts.FindAsync(Ca, default));
        await Assert.ThrowsAsync<EngineException>(() => Rack.Accounts.ReadKeyAsync(Ca, default));
    }

    [Fact]
    public async Task The_next_key_is_stored_beside_the_key_until_it_replaces_it()
    {
        await Rack.PrepareAsync(default);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var next = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        await Rack.Accounts.SaveAsync(new AccountRecord { DirectoryUrl = Ca, Created = Now }, key, default);
        Assert.Null(await Rack.Accounts.ReadNextKeyAsync(Ca, default));

        await Rack.Accounts.SaveNextKeyAsync(Ca, next, default);
        Assert.Equal(key.ToPem(), (await Rack.Accounts.ReadKeyAsync(Ca, default)).ToPem());
        Assert.Equal(next.ToPem(), (await Rack.Accounts.ReadNextKeyAsync(Ca, default))!.ToPem());

        await Rack.Accounts.PromoteNextKeyAsync(Ca, default);
        Assert.Equal(next.ToPem(), (await Rack.Accounts.ReadKeyAsync(Ca, default)).ToPem());
        Assert.Null(await Rack.Accounts.ReadNextKeyAsync(Ca, default));
        await Rack.Accounts.DropNextKeyAsync(Ca, default);
    }

    [Fact]
    public async Task An_order_is_read_as_it_was_stored_and_removed_with_its_key()
    {
        await Rack.PrepareAsync(default);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var order = new OrderRecord { Certificate = Record("cert-a"), Started = Now, AccountUrl = new Uri("https://ca.example/acct/1") };
        await Rack.Orders.CreateAsync(order, key, default);
        order = order with
        {
            OrderUrl = new Uri("https://ca.example/order/1"), Replaces = "a.b", WaitsFor = "the owner",
            Published = [new KeyAuthorization("http-01", "www.example.org", "token", "token.thumbprint") { Location = "there" }],
        };
        await Rack.Orders.SaveAsync(order, default);

        Assert.Equivalent(order, await Rack.Orders.FindAsync("cert-a", default), strict: true);
        Assert.Equal(key.ToPem(), (await Rack.Orders.ReadKeyAsync("cert-a", default))!.ToPem());
        Assert.Single(await Rack.Orders.ListAsync(null, default).ToListAsync());
        await Rack.Orders.RemoveAsync("cert-a", default);
        Assert.Null(await Rack.Orders.FindAsync("cert-a", default));
        Assert.Null(await Rack.Orders.ReadKeyAsync("cert-a", default));
    }

    [Fact]
    public async Task Only_one_holder_has_a_lock_and_others_are_notified_of_the_wait()
    {
        await Rack.PrepareAsync(default);
        var (inside, most, waits) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(async () =>
        {
            await using var heldLock = await Rack.LockAsync("certificate/cert-a", () => Interlocked.Increment(ref waits), default);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(20);
            Interlocked.Decrement(ref inside);
        })));

        Assert.Equal(1, most);
        Assert.InRange(waits, 1, 4);
    }

    [Fact]
    public async Task Locks_of_other_names_are_independent_and_a_wait_can_be_cancelled()
    {
        await Rack.PrepareAsync(default);
        await using var heldLock = await Rack.LockAsync("certificate/cert-a", null, default);
        await using var other = await Rack.LockAsync("certificate/cert-b", () => Assert.Fail("Nobody holds it."), default);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Rack.LockAsync("certificate/cert-a", null, stop.Token));
    }

    protected async Task<CertificateEntry> AddAsync(string id, CertificateWithKey material, int keep = 3)
    {
        await Rack.PrepareAsync(default);
        return await Rack.Certificates.AddVersionAsync(Record(id), material, Now, Now.AddDays(60), keep, default);
    }

    protected static CertificateRecord Record(string id) => new() { Id = id, Domains = ["www.example.org"], Issuer = "self-signed" };

    private Task BeginAsync(string id, CertificateNameSet names, bool isDryRun = false) => Rack.Orders.CreateAsync(
        new OrderRecord { Certificate = Record(id) with { Domains = [.. names.Select(n => n.Value)] }, Started = Now, IsDryRun = isDryRun },
        null,
        default);

    protected static CertificateWithKey Material(string name)
    {
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        return new CertificateWithKey(SelfSignedCertificate.Create(key, CertificateNameSet.Parse([name]), Now, TimeSpan.FromDays(90)), key);
    }
}
