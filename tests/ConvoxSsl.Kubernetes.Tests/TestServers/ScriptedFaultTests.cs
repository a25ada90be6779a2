using System.Net;
using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

public sealed class ScriptedFaultTests : IAsyncLifetime
{
    private const string Namespaces = "/api/v1/namespaces";

    private ScriptedKubernetesServer _server = null!;

    private static CancellationToken Ct => CancellationToken.None;

    public async Task InitializeAsync() => _server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), Ct);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Scripted_responses_are_returned_as_often_as_specified()
    {
        _server.Faults.Add(KubernetesFault.On("GET", "/namespaces").After(1).Times(2).Respond(KubernetesResponse.TooManyRequests(7)));
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await _server.Admin.Http.GetAsync(new Uri(Namespaces, UriKind.Relative), Ct);
            statuses.Add((int)response.StatusCode);
            Assert.Equal(
                response.StatusCode == HttpStatusCode.TooManyRequests, response.Headers.RetryAfter?.Delta == TimeSpan.FromSeconds(7));
        }

        Assert.Equal([200, 429, 429, 200], statuses);
    }

    [Fact]
    public async Task A_body_is_truncated_after_the_request_was_processed()
    {
        _server.Faults.Add(KubernetesFault.On(c => c.IsWriting).CutBody());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _server.EnsureNamespaceAsync("made", Ct));
        Assert.NotNull(await _server.Admin.FindAsync($"{Namespaces}/made", Ct));
    }

    [Fact]
    public async Task A_connection_breaks_before_or_after_the_request_was_processed()
    {
        _server.Faults.Add(KubernetesFault.On("POST", "/namespaces").Reset());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _server.EnsureNamespaceAsync("not-made", Ct));
        _server.Faults.Add(KubernetesFault.On("POST", "/namespaces").LoseResponse());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _server.EnsureNamespaceAsync("made", Ct));
        Assert.Null(await _server.Admin.FindAsync($"{Namespaces}/not-made", Ct));
        Assert.NotNull(await _server.Admin.FindAsync($"{Namespaces}/made", Ct));
    }

    [Fact]
    public async Task A_request_without_a_response_ends_when_its_client_disconnects()
    {
        var arrived = new TaskCompletionSource();
        _server.Faults.Add(KubernetesFault.OnAny().Do((_, ct) =>
        {
            arrived.SetResult();
            return Task.Delay(Timeout.Infinite, ct);
        }));
        using var patience = new CancellationTokenSource();
        var request = _server.Admin.GetAsync(Namespaces, patience.Token);
        await arrived.Task;
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task An_action_runs_between_two_requests()
    {
        _server.Faults.Add(KubernetesFault.On("GET", "/namespaces/late").Do((_, ct) => _server.EnsureNamespaceAsync("late", ct)));
        Assert.NotNull(await _server.Admin.FindAsync($"{Namespaces}/late", Ct));
    }

    [Fact]
    public async Task Requests_are_recorded()
    {
        await _server.Admin.FindAsync($"{Namespaces}/none", Ct);
        await _server.EnsureNamespaceAsync("some", Ct);
        Assert.Equal(["GET /api/v1/namespaces/none", "POST /api/v1/namespaces"], _server.Calls.Select(c => c.ToString()));
        Assert.Equal("some", _server.WritingCalls.Single().Document!["metadata"]!["name"]!.GetValue<string>());
        _server.ClearCalls();
        Assert.Empty(_server.Calls);
    }

    [Fact]
    public async Task A_revoked_token_is_refused()
    {
        var user = _server.AddUser();
        var api = _server.As(user.Token);
        await api.GetAsync("/version", Ct);
        _server.RevokeToken(user.Token);
        var error = await Assert.ThrowsAsync<KubernetesApiException>(() => api.GetAsync("/version", Ct));
        Assert.Equal(401, error.Status);
    }

    [Fact]
    public async Task A_list_continues_with_a_new_token_after_the_old_one_expired()
    {
        var first = await _server.Admin.GetAsync($"{Namespaces}?limit=1", Ct);
        _server.ExpireContinueTokens();
        var expired = await Assert.ThrowsAsync<KubernetesApiException>(
            () => _server.Admin.GetAsync($"{Namespaces}?limit=1&continue={Continue(first)}", Ct));
        Assert.Equal((410, "Expired"), (expired.Status, expired.Reason));
        var rest = await _server.Admin.GetAsync($"{Namespaces}?continue={Continue(expired.Body!)}", Ct);
        Assert.Equal(
            ["kube-node-lease", "kube-public", "kube-system"],
            rest["items"]!.AsArray().Select(i => i!["metadata"]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task All_pages_show_the_state_at_the_first_page()
    {
        var first = await _server.Admin.GetAsync($"{Namespaces}?limit=1", Ct);
        await _server.EnsureNamespaceAsync("later", Ct);
        var rest = await _server.Admin.ListAsync($"{Namespaces}?continue={Continue(first)}", Ct);
        Assert.DoesNotContain("later", rest.Select(i => i["metadata"]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_server_can_run_without_cert_manager()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(
            new ScriptedKubernetesOptions { CertManager = CertManagerVersion.None }, Ct);
        var missing = await Assert.ThrowsAsync<KubernetesApiException>(() => server.Admin.GetAsync("/apis/cert-manager.io/v1", Ct));
        Assert.Equal(404, missing.Status);
        missing = await Assert.ThrowsAsync<KubernetesApiException>(
            () => server.Admin.GetAsync("/apis/cert-manager.io/v1/clusterissuers", Ct));
        Assert.Equal((404, "404 page not found"), (missing.Status, missing.ServerMessage.Trim()));
    }

    private static string Continue(JsonObject response) => response["metadata"]!["continue"]!.GetValue<string>();
}
