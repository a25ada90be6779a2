using System.Net.Http.Headers;
using System.Text.Json.Nodes;
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
        await using var fixture = await CloudflareFixture.StartAsync();

        await fixture.NewProvider().PresentAsync([new(Name, "first"), new(Name, "second")], CancellationToken.None);

        Assert.Equal(Two, fixture.Server.Txt(Name));
        Assert.Single(fixture.Server.WritingCalls);
    }

    [Fact]
    public async Task The_test_server_returns_no_zone_with_a_record_as_Cloudflare_does()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.AddRecord(Name, "\"theirs\"");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", CloudflareFixture.Token);

        var zone = await ReadAsync("zones");
        var record = await ReadAsync($"zones/{zone["id"]}/dns_records");
        using var response = await http.DeleteAsync(new Uri($"{fixture.Server.BaseUrl}/zones//dns_records/{record["id"]}"));

        Assert.Null(record["zone_id"]);
        Assert.Null(record["zone_name"]);
        Assert.Contains("7003", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(fixture.Server.Txt(Name));

        async Task<JsonNode> ReadAsync(string path) =>
            JsonNode.Parse(await http.GetStringAsync(new Uri($"{fixture.Server.BaseUrl}/{path}")))!["result"]![0]!;
    }

    [Fact]
    public async Task The_zone_apex_can_have_a_value()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();

        await provider.PresentAsync([new(CloudflareFixture.Zone, "value")], CancellationToken.None);
        Assert.Equal("value", Assert.Single(fixture.Server.Txt(CloudflareFixture.Zone)));

        await provider.CleanUpAsync([new(CloudflareFixture.Zone, "value")], CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task Foreign_values_are_kept()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.AddRecord(Name, "\"theirs\"");
        fixture.Server.AddRecord(Name, "theirs-without-quotes");
        fixture.Server.AddRecord(CloudflareFixture.Zone, "\"v=spf1 -all\"");
        fixture.Server.AddRecord(Name, "elsewhere.example.net", "CNAME");
        var before = fixture.Server.AllTxt;
        var provider = fixture.NewProvider();
        TxtRecord[] ours = [new(Name, "first"), new(Name, "second")];

        await provider.PresentAsync(ours, CancellationToken.None);
        Assert.Equal(5, fixture.Server.AllTxt.Count);

        await provider.CleanUpAsync(ours, CancellationToken.None);
        Assert.Equal(before, fixture.Server.AllTxt);
    }

    [Theory]
    [InlineData("\"value\"")]
    [InlineData("value")]
    [InlineData("\"val\" \"ue\"")]
    public async Task Existing_values_are_not_written_again(string content)
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.AddRecord(Name, content);

        await fixture.NewProvider().PresentAsync([new(Name, "value")], CancellationToken.None);

        Assert.Empty(fixture.Server.WritingCalls);
        Assert.Single(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task Present_is_idempotent()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();
        TxtRecord[] records = [new(Name, "first"), new(Name, "second"), new(Name, "first")];

        await provider.PresentAsync(records, CancellationToken.None);
        await provider.PresentAsync(records, CancellationToken.None);

        Assert.Equal(Two, fixture.Server.Txt(Name));
        Assert.Single(fixture.Server.WritingCalls);
    }

    [Fact]
    public async Task CleanUp_of_missing_values_sends_no_write_request()
    {
        await using var fixture = await CloudflareFixture.StartAsync();

        await fixture.NewProvider().CleanUpAsync([new(Name, "first"), new(Name, "second")], CancellationToken.None);

        Assert.Empty(fixture.Server.WritingCalls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_record_deleted_concurrently_is_not_an_error(int count)
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();
        TxtRecord[] records = [.. Two.Take(count).Select(v => new TxtRecord(Name, v))];
        await provider.PresentAsync(records, CancellationToken.None);
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).Do((_, _) =>
        {
            fixture.Server.RemoveTxt(Name);
            return Task.CompletedTask;
        }));

        await provider.CleanUpAsync(records, CancellationToken.None);

        Assert.Empty(fixture.Server.AllTxt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_record_created_concurrently_is_not_an_error(int count)
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).Do((_, _) =>
        {
            fixture.Server.AddRecord(Name, "\"first\"");
            return Task.CompletedTask;
        }));

        await fixture.NewProvider().PresentAsync([.. Two.Take(count).Select(v => new TxtRecord(Name, v))], CancellationToken.None);

        Assert.Equal(Two.Take(count), fixture.Server.Txt(Name));
    }

    [Fact]
    public async Task A_value_of_255_characters_with_quotes_and_backslashes_round_trips()
    {
        var value = new string('a', 251) + "\"\\\"\\";
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();

        await provider.PresentAsync([new(Name, value)], CancellationToken.None);
        await provider.PresentAsync([new(Name, value)], CancellationToken.None);
        Assert.Equal(value, Assert.Single(fixture.Server.Txt(Name)));

        await provider.CleanUpAsync([new(Name, value)], CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task Each_change_is_reported()
    {
        var messages = new List<string>();
        await using var fixture = await CloudflareFixture.StartAsync(change: o => o with
        {
            OnChange = (name, values, _) =>
            {
                messages.Add($"{name}={string.Join(',', values)}");
                return Task.CompletedTask;
            },
        });
        var provider = fixture.NewProvider();

        await provider.PresentAsync([new(Name, "first"), new(Name, "second")], CancellationToken.None);
        await provider.CleanUpAsync([new(Name, "first")], CancellationToken.None);

        Assert.Equal([$"{Name}=first,second", $"{Name}=second"], messages);
    }

    [Fact]
    public async Task No_records_send_no_request()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();

        await provider.PresentAsync([], CancellationToken.None);
        await provider.CleanUpAsync([], CancellationToken.None);

        Assert.Empty(fixture.Server.Calls);
    }
}
