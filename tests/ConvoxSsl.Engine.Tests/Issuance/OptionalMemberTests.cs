using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Optional members with unexpected values, which some CAs send: they count as missing.</summary>
public sealed class OptionalMemberTests : IssuanceTest
{
    private static readonly string[] Values = ["42", "\"\"", "\"soon\"", "{}", "[]", "[null, 7]", "true", "null"];

    [Theory]
    [InlineData(AcmeResource.Directory, "meta")]
    [InlineData(AcmeResource.Directory, "revokeCert")]
    [InlineData(AcmeResource.Directory, "keyChange")]
    [InlineData(AcmeResource.Directory, "renewalInfo")]
    [InlineData(AcmeResource.Directory, "meta", "termsOfService")]
    [InlineData(AcmeResource.Directory, "meta", "website")]
    [InlineData(AcmeResource.Directory, "meta", "caaIdentities")]
    [InlineData(AcmeResource.Directory, "meta", "profiles")]
    [InlineData(AcmeResource.NewOrder, "expires")]
    [InlineData(AcmeResource.NewOrder, "error")]
    [InlineData(AcmeResource.NewOrder, "certificate")]
    [InlineData(AcmeResource.Order, "notBefore")]
    [InlineData(AcmeResource.Order, "notAfter")]
    [InlineData(AcmeResource.Finalize, "profile")]
    [InlineData(AcmeResource.Finalize, "replaces")]
    [InlineData(AcmeResource.Authorization, "expires")]
    [InlineData(AcmeResource.Authorization, "challenges", "0", "status")]
    [InlineData(AcmeResource.Authorization, "challenges", "0", "error")]
    [InlineData(AcmeResource.Authorization, "challenges", "1", "token")]
    public async Task Unexpected_values_are_ignored(AcmeResource resource, params string[] path)
    {
        await StartAsync();
        foreach (var (value, number) in Values.Select((value, number) => (value, number)))
        {
            Ca.Faults.Clear();
            Ca.Faults.Add(AcmeFault.On(resource).Always().Change(response => response.Edit(document => Set(document, path, value))));

            var entry = await IssueAsync($"host{number}.example.org");

            Assert.Equal(1, entry.LiveVersion);
        }
    }

    [Theory]
    [InlineData("contact")]
    [InlineData("orders")]
    public async Task Unexpected_values_in_a_new_account_are_ignored(string member)
    {
        await StartAsync();
        foreach (var value in Values)
        {
            Ca.Faults.Clear();
            Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).Change(response => response.Edit(d => Set(d, [member], value))));
            using var engine = NewEngine();
            var session = await engine.Accounts.OpenAsync(
                Ca.DirectoryUrl, Request("one.example.org").Account, CancellationToken.None);
            Assert.NotNull(session.Account.Url);
            await engine.Accounts.RemoveAsync(Ca.DirectoryUrl, keepAtCa: true, CancellationToken.None);
        }
    }

    [Fact]
    public async Task An_unexpected_explanation_of_renewal_information_is_ignored()
    {
        using var engine = await StartAsync();
        var entry = await IssueAsync("one.example.org");
        foreach (var value in Values)
        {
            Ca.Faults.Clear();
            Ca.Faults.Add(AcmeFault.On(AcmeResource.RenewalInfo).Change(r => r.Edit(d => Set(d, ["explanationURL"], value))));
            var client = await engine.Accounts.ConnectAsync(
                Ca.DirectoryUrl, await File.ReadAllTextAsync(Ca.RootFile), CancellationToken.None);

            var info = await client.GetRenewalInfoAsync(entry.Live.RenewalId!, CancellationToken.None);

            Assert.True(info!.SuggestedWindow.Start < info.SuggestedWindow.End);
        }
    }

    [Theory]
    [InlineData("detail")]
    [InlineData("status")]
    [InlineData("instance")]
    [InlineData("identifier")]
    [InlineData("subproblems")]
    public async Task The_type_of_a_problem_with_other_unexpected_members_is_kept(string member)
    {
        await StartAsync();
        foreach (var (value, number) in Values.Select((value, number) => (value, number)))
        {
            Ca.Faults.Clear();
            Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(
                CaResponse.Problem(403, "rejectedIdentifier").Edit(d => Set(d, [member], value))));

            await AssertIssueFailsAsync("rejectedIdentifier", $"host{number}.example.org");
        }
    }

    [Theory]
    [InlineData("42")]
    [InlineData("\"/relative\"")]
    public async Task A_valid_order_without_a_usable_certificate_URL_is_one_error(string value)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Change(r => r.Edit(d => Set(d, ["certificate"], value))));
        await AssertIssueFailsAsync("malformedAnswer", "one.example.org");
    }

    private static void Set(JsonObject document, string[] path, string value)
    {
        JsonNode parent = document;
        foreach (var step in path[..^1])
        {
            parent = int.TryParse(step, out var index) ? parent[index]! : parent[step]!;
        }

        parent[path[^1]] = JsonNode.Parse(value);
    }
}
