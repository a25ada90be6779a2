using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Api;

public sealed class ClusterApiTests : IAsyncLifetime
{
    private readonly SkippingClock _clock = new();
    private ScriptedKubernetesServer _server = null!;
    private TestRack _rack = null!;
    private ClusterApi _api = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        _rack = await TestRack.CreateAsync(_server);
        _api = _rack.Client(_clock);
    }

    public async Task DisposeAsync()
    {
        _rack.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_list_is_paged_and_continues_after_its_token_expired()
    {
        for (var i = 0; i < 600; i++)
        {
            await _server.Admin.PostAsync(_rack.SecretsPath, Secret($"s{i:000}"), default);
        }

        _server.ClearCalls();
        var names = new List<string>();
        await foreach (var secret in _api.ListAsync(ApiResource.Secrets, _rack.Namespace, null, null, default))
        {
            names.Add((string)secret["metadata"]!["name"]!);
            if (names.Count == 300)
            {
                _server.ExpireContinueTokens();
            }
        }

        Assert.Equal(Enumerable.Range(0, 600).Select(i => $"s{i:000}"), names);
        Assert.All(_server.Calls, c => Assert.Equal("250", c.Query["limit"]));
        Assert.Equal(4, _server.Calls.Count);
    }

    [Fact]
    public async Task A_busy_server_is_retried_after_its_Retry_After()
    {
        await _server.Admin.PostAsync(_rack.SecretsPath, Secret("a"), default);
        _server.Faults.Add(
            KubernetesFault.On("GET", "/secrets/a").Respond(KubernetesResponse.Text(429, "slow down") with { RetryAfter = "7" }).Times(2));
        var start = _clock.GetUtcNow();

        Assert.NotNull(await _api.FindAsync(ApiResource.Secrets, _rack.Namespace, "a", default));
        Assert.True(_clock.GetUtcNow() - start >= TimeSpan.FromSeconds(14));
    }

    [Theory]
    [InlineData(429, "ClusterBusy", EngineErrorKind.Limited)]
    [InlineData(503, "ClusterError", EngineErrorKind.InvalidState)]
    public async Task Retries_of_a_busy_server_end(int status, string code, EngineErrorKind kind)
    {
        _server.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Text(status, "no")).Always());
        var error = await Assert.ThrowsAsync<EngineException>(() => _api.FindAsync(ApiResource.Secrets, _rack.Namespace, "a", default));

        Assert.Equal((code, kind), (error.Code, error.Kind));
        Assert.Equal(4, _server.Calls.Count(c => c.Path.EndsWith("/secrets/a", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(429, "ClusterBusy", "too many requests, please try again later")]
    [InlineData(503, "ClusterError", "the server is currently unable to handle the request")]
    [InlineData(504, "ClusterError", "Timeout: request did not complete within requested timeout 34s")]
    public async Task The_servers_explanation_is_shown_after_the_last_retry(int status, string code, string explanation)
    {
        _server.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Problem(status, "Reason", explanation)).Always());
        var error = await Assert.ThrowsAsync<EngineException>(() => _api.FindAsync(ApiResource.Secrets, _rack.Namespace, "a", default));

        Assert.Equal(code, error.Code);
        Assert.EndsWith($": {explanation}.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "Internal error occurred: failed calling webhook \"webhook.cert-manager.io\": failed to call webhook: Post "
        + "\"https://cert-manager-webhook.cert-manager.svc:443/mutate?timeout=10s\": dial tcp 10.0.0.7:443: connect: connection refused",
        "webhook webhook.cert-manager.io does not respond: check that the pods of the Service cert-manager-webhook in the namespace "
        + "cert-manager are running.")]
    [InlineData(
        "conversion webhook for cert-manager.io/v1alpha2, Kind=Certificate failed: Post "
        + "\"https://cert-manager-webhook.cert-manager.svc:443/convert?timeout=30s\": service \"cert-manager-webhook\" not found",
        "webhook cert-manager.io/v1alpha2 does not respond: check that the pods of the Service cert-manager-webhook in the namespace "
        + "cert-manager are running.")]
    [InlineData(
        "Internal error occurred: failed calling webhook \"policy.example.org\": Post \"https://10.0.0.9/check\": EOF",
        "webhook policy.example.org does not respond: check that it is running")]
    public async Task A_failed_webhook_is_shown_with_its_address_and_named_in_the_remedy(string explanation, string remedy)
    {
        _server.Faults.Add(
            KubernetesFault.On("POST", "/secrets").Respond(KubernetesResponse.Problem(500, "InternalError", explanation)).Always());
        var error = await Assert.ThrowsAsync<EngineException>(
            () => _api.CreateAsync(ApiResource.Secrets, _rack.Namespace, Secret("a"), false, default));

        Assert.Contains(explanation, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy!.Text, StringComparison.Ordinal);
    }

    [RealKubernetesFact]
    public async Task A_real_servers_failed_webhook_is_shown()
    {
        const string Webhooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
        using var rack = await TestRack.CreateAsync(await KubernetesTestServers.RealAsync());
        var name = $"{rack.Namespace}.example.org";
        var address = $"https://127.0.0.1:{FreePort.Next()}/";
        await rack.Server.Admin.PostAsync(Webhooks, Webhook(name, address, rack.Namespace), default);
        try
        {
            var error = await UntilFailureAsync(rack);

            Assert.Contains($"\"{name}\"", error.Message, StringComparison.Ordinal);
            Assert.Contains(address, error.Message, StringComparison.Ordinal);
            Assert.Contains($"webhook {name} does not respond", error.Remedy!.Text, StringComparison.Ordinal);
        }
        finally
        {
            await rack.Server.Admin.DeleteAsync($"{Webhooks}/{name}", default);
        }
    }

    // The server loads a new webhook configuration within a second.
    private async Task<EngineException> UntilFailureAsync(TestRack rack)
    {
        var api = rack.Client(_clock);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await api.CreateAsync(ApiResource.Secrets, rack.Namespace, Secret($"a{attempt}"), false, default);
                Assert.True(attempt < 1000, "The server does not call the webhook.");
                await Task.Delay(20);
            }
            catch (EngineException e)
            {
                return e;
            }
        }
    }

    private static JsonObject Webhook(string name, string address, string inNamespace) => (JsonObject)JsonNode.Parse($$"""
        {
          "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
          "metadata": { "name": "{{name}}" },
          "webhooks": [{
            "name": "{{name}}", "clientConfig": { "url": "{{address}}" }, "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "rules": [{ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["secrets"] }],
            "namespaceSelector": { "matchLabels": { "rack": "{{inNamespace[..^"-system".Length]}}" } }
          }]
        }
        """)!;

    [Fact]
    public async Task A_proxys_response_cannot_control_the_terminal()
    {
        _server.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Text(418, "no\u001b[2J\r\nway")).Always());
        var error = await Assert.ThrowsAsync<EngineException>(() => _api.FindAsync(ApiResource.Secrets, _rack.Namespace, "a", default));

        Assert.Contains("no [2J  way", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_connection_is_retried()
    {
        await _server.Admin.PostAsync(_rack.SecretsPath, Secret("a"), default);
        _server.Faults.Add(KubernetesFault.On("GET", "/secrets/a").CutBody());
        _server.Faults.Add(KubernetesFault.On("GET", "/secrets/a").Reset());

        Assert.NotNull(await _api.FindAsync(ApiResource.Secrets, _rack.Namespace, "a", default));
    }

    [Theory]
    [InlineData("POST", "/secrets")]
    [InlineData("PATCH", "/secrets/a")]
    public async Task A_change_whose_response_was_lost_is_not_made_twice(string method, string pathEnd)
    {
        if (method == "PATCH")
        {
            await _server.Admin.PostAsync(_rack.SecretsPath, Secret("a"), default);
        }

        _server.Faults.Add(KubernetesFault.On(method, pathEnd).LoseResponse());
        var changed = await Count();

        Assert.Equal("1", (string?)changed!["metadata"]!["annotations"]!["count"]);
        Assert.Equal("1", (string?)(await _rack.FindSecretAsync("a"))!["metadata"]!["annotations"]!["count"]);

        Task<JsonObject?> Count() => _api.ChangeAsync(
            ApiResource.Secrets,
            _rack.Namespace,
            "a",
            before =>
            {
                var after = before ?? Secret("a");
                var annotations = after["metadata"]!["annotations"] as JsonObject ?? [];
                after["metadata"]!["annotations"] = annotations.DeepClone();
                after["metadata"]!["annotations"]!["count"] = "1";
                return after;
            },
            null,
            default);
    }

    [Fact]
    public async Task Concurrent_changes_of_one_object_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => _api.ChangeAsync(
            ApiResource.Secrets,
            _rack.Namespace,
            "a",
            before =>
            {
                var after = before ?? Secret("a");
                after["metadata"]!["annotations"] ??= new JsonObject();
                after["metadata"]!["annotations"]![$"writer{i}"] = "was here";
                return after;
            },
            null,
            default)));

        Assert.Equal(12, ((JsonObject)(await _rack.FindSecretAsync("a"))!["metadata"]!["annotations"]!).Count);
    }

    [Fact]
    public async Task A_change_without_differences_sends_no_request()
    {
        await _server.Admin.PostAsync(_rack.SecretsPath, Secret("a"), default);
        _server.ClearCalls();
        await _api.ChangeAsync(ApiResource.Secrets, _rack.Namespace, "a", before => before, null, default);
        await _api.ChangeAsync(ApiResource.Secrets, _rack.Namespace, "a", _ => null, null, default);

        Assert.Empty(_server.WritingCalls);
    }

    [Fact]
    public async Task Delete_removes_only_the_given_version_and_ignores_missing_objects()
    {
        var created = await _server.Admin.PostAsync(_rack.SecretsPath, Secret("a"), default);
        await Assert.ThrowsAsync<ConflictException>(() => _api.DeleteAsync(ApiResource.Secrets, _rack.Namespace, "a", "1", default));
        await _api.DeleteAsync(ApiResource.Secrets, _rack.Namespace, "a", (string)created["metadata"]!["resourceVersion"]!, default);
        await _api.DeleteAsync(ApiResource.Secrets, _rack.Namespace, "a", null, default);

        Assert.Null(await _rack.FindSecretAsync("a"));
    }

    [Theory]
    [InlineData(409, "{\"kind\":\"Status\",\"message\":\"conflict\"}", " and returned HTTP 409 (Conflict): conflict.")]
    [InlineData(500, "{\"kind\":\"Status\",\"message\":{\"a\":1}}", " and returned HTTP 500 (Internal Server Error).")]
    public async Task An_unusual_failure_of_a_request_that_reads_is_an_error_with_a_remedy(int status, string body, string end)
    {
        _server.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Text(status, body)).Always());
        var error = await Assert.ThrowsAsync<EngineException>(() => _api.FindAsync(ApiResource.Secrets, _rack.Namespace, "a", default));

        Assert.Equal("ClusterError", error.Code);
        Assert.EndsWith(end, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public async Task Another_server_than_an_API_server_is_an_error()
    {
        _server.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Text(200, "<html>Sign in</html>")).Always());
        var error = await Assert.ThrowsAsync<EngineException>(() => _api.FindAsync(ApiResource.Secrets, _rack.Namespace, "a", default));

        Assert.Equal("ClusterError", error.Code);
        Assert.Contains("is not a Kubernetes API server", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_request_is_sent_after_cancellation()
    {
        _server.Faults.Add(KubernetesFault.OnAny().Respond(KubernetesResponse.Text(503, "no")).Always());
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _api.FindAsync(ApiResource.Secrets, _rack.Namespace, "a", stop.Token));
        Assert.DoesNotContain(_server.Calls, c => c.Path.EndsWith("/secrets/a", StringComparison.Ordinal));
    }

    private static JsonObject Secret(string name) =>
        new() { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = new JsonObject { ["name"] = name } };
}
