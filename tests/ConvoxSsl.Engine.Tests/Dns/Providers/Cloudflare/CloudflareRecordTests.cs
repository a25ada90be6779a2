using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareRecordTests
{
    private const string Name = "_acme-challenge.example.org";

    private static readonly string[] Two = ["first", "second"];

    [Fact]
    public async Task One_name_can_have_two_values()
    {
        await using var lab = await CloudflareFixture.StartAsync();

        await lab.NewProvider().PresentAsync([new(Name, "first"), new(Name, "second")], CancellationToken.None);

        Assert.Equal(Two, lab.Server.Txt(Name));
        Assert.Single(lab.Server.WritingCalls);
    }

    [Fact]
    public async Task The_zone_apex_can_have_a_value()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        var provider = lab.NewProvider();

        await provider.PresentAsync([new(CloudflareFixture.Zone, "value")], CancellationToken.None);
        Assert.Equal("value", Assert.Single(lab.Server.Txt(CloudflareFixture.Zone)));

        await provider.CleanUpAsync([new(CloudflareFixture.Zone, "value")], CancellationToken.None);
        Assert.Empty(lab.Server.AllTxt);
    }

    [Fact]
    public async Task Foreign_values_are_kept()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        lab.Server.AddRecord(Name, "\"theirs\"");
        lab.Server.AddRecord(Name, "theirs-without-quotes");
        lab.Server.AddRecord(CloudflareFixture.Zone, "\"v=spf1 -all\"");
        lab.Server.AddRecord(Name, "elsewhere.example.net", "CNAME");
        var before = lab.Server.AllTxt;
        var provider = lab.NewProvider();
        TxtRecord[] ours = [new(Name, "first"), new(Name, "second")];

        await provider.PresentAsync(ours, CancellationToken.None);
        Assert.Equal(5, lab.Server.AllTxt.Count);

        await provider.CleanUpAsync(ours, CancellationToken.None);
        Assert.Equal(before, lab.Server.AllTxt);
    }

    [Theory]
    [InlineData("\"value\"")]
    [InlineData("value")]
    [InlineData("\"val\" \"ue\"")]
    public async Task Existing_values_are_not_written_again(string content)
    {
        await using var lab = await CloudflareFixture.StartAsync();
        lab.Server.AddRecord(Name, content);

        await lab.NewProvider().PresentAsync([new(Name, "value")], CancellationToken.None);

        Assert.Empty(lab.Server.WritingCalls);
        Assert.Single(lab.Server.AllTxt);
    }

    [Fact]
    public async Task Present_is_idempotent()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        var provider = lab.NewProvider();
        TxtRecord[] records = [new(Name, "first"), new(Name, "second"), new(Name, "first")];

        await provider.PresentAsync(records, CancellationToken.None);
        await provider.PresentAsync(records, CancellationToken.None);

        Assert.Equal(Two, lab.Server.Txt(Name));
        Assert.Single(lab.Server.WritingCalls);
    }

    [Fact]
    public async Task CleanUp_of_missing_values_sends_no_write_request()
    {
        await using var lab = await CloudflareFixture.StartAsync();

        await lab.NewProvider().CleanUpAsync([new(Name, "first"), new(Name, "second")], CancellationToken.None);

        Assert.Empty(lab.Server.WritingCalls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_record_deleted_concurrently_is_not_an_error(int count)
    {
        await using var lab = await CloudflareFixture.StartAsync();
        var provider = lab.NewProvider();
        TxtRecord[] records = [.. Two.Take(count).Select(v => new TxtRecord(Name, v))];
        await provider.PresentAsync(records, CancellationToken.None);
        lab.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).Do((_, _) =>
        {
            lab.Server.RemoveTxt(Name);
            return Task.CompletedTask;
        }));

        await provider.CleanUpAsync(records, CancellationToken.None);

        Assert.Empty(lab.Server.AllTxt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_record_created_concurrently_is_not_an_error(int count)
    {
        await using var lab = await CloudflareFixture.StartAsync();
        lab.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).Do((_, _) =>
        {
            lab.Server.AddRecord(Name, "\"first\"");
            return Task.CompletedTask;
        }));

        await lab.NewProvider().PresentAsync([.. Two.Take(count).Select(v => new TxtRecord(Name, v))], CancellationToken.None);

        Assert.Equal(Two.Take(count), lab.Server.Txt(Name));
    }

    [Fact]
    public async Task A_value_of_255_characters_with_quotes_and_backslashes_round_trips()
    {
        var value = new string('a', 251) + "\"\\\"\\";
        await using var lab = await CloudflareFixture.StartAsync();
        var provider = lab.NewProvider();

        await provider.PresentAsync([new(Name, value)], CancellationToken.None);
        await provider.PresentAsync([new(Name, value)], CancellationToken.None);
        Assert.Equal(value, Assert.Single(lab.Server.Txt(Name)));

        await provider.CleanUpAsync([new(Name, value)], CancellationToken.None);
        Assert.Empty(lab.Server.AllTxt);
    }

    [Fact]
    public async Task Each_change_is_reported()
    {
        var told = new List<string>();
        await using var lab = await CloudflareFixture.StartAsync(change: o => o with
        {
            OnChange = (name, values, _) =>
            {
                told.Add($"{name}={string.Join(',', values)}");
                return Task.CompletedTask;
            },
        });
        var provider = lab.NewProvider();

        await provider.PresentAsync([new(Name, "first"), new(Name, "second")], CancellationToken.None);
        await provider.CleanUpAsync([new(Name, "first")], CancellationToken.None);

        Assert.Equal([$"{Name}=first,second", $"{Name}=second"], told);
    }

    [Fact]
    public async Task No_records_send_no_request()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        var provider = lab.NewProvider();

        await provider.PresentAsync([], CancellationToken.None);
        await provider.CleanUpAsync([], CancellationToken.None);

        Assert.Empty(lab.Server.Calls);
    }
}
