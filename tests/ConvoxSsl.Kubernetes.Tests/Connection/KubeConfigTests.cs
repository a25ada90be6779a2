using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Connection;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Kubernetes.Tests.Connection;

/// <summary>The selection of a cluster and a user from a kubeconfig, and its errors.</summary>
public sealed class KubeConfigTests : IDisposable
{
    private const string Token = "secret-token-that-nobody-may-see";
    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void The_current_context_is_the_default_and_others_match_exactly()
    {
        Write("config", Config(("one", "https://one.test"), ("two", "https://two.test")));

        Assert.Equal("https://one.test", Find("config").Select(null).Cluster.Server);
        Assert.Equal("https://two.test", Find("config").Select("two").Cluster.Server);
        var error = Assert.Throws<InvalidInputException>(() => Find("config").Select("TWO"));
        Assert.Equal("ContextNotFound", error.Code);
        Assert.Contains("its contexts are: one, two", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_files_are_merged_and_the_first_definition_wins()
    {
        Directory.CreateDirectory(_home["b"]);
        Write("a.yaml", Config(("one", "https://one.test")));
        Write(
            "b/b.yaml",
            Config(("one", "https://other.test"), ("two", "https://two.test"))
                .Replace("token: " + Token, "tokenFile: here.token", StringComparison.Ordinal));
        var list = string.Join(Path.PathSeparator, _home["a.yaml"], _home["none.yaml"], _home["b/b.yaml"]);

        var united = KubeConfig.Find(list)!;

        Assert.Equal(["one", "two"], united.Contexts.Select(c => c.Name));
        Assert.Equal("one", united.CurrentContext);
        Assert.Equal("https://one.test", united.Select("one").Cluster.Server);
        Assert.Equal(_home["b/here.token"], united.Select("two").User!.TokenFile);
        Assert.Equal(string.Join(Path.PathSeparator, _home["a.yaml"], _home["b/b.yaml"]), united.Location);
    }

    [Theory]
    [InlineData("{ token: \"" + Token, "line")]
    [InlineData("apiVersion: v1\nusers:\n\t- token: " + Token, "line")]
    [InlineData("- " + Token, "")]
    [InlineData(Token, "")]
    [InlineData("users: " + Token, "")]
    [InlineData("clusters:\n- name: one\n  cluster: " + Token, "")]
    [InlineData("", "")]
    public void An_invalid_kubeconfig_is_reported_and_not_quoted(string text, string expected)
    {
        Write("config", text);

        var error = Assert.Throws<InvalidInputException>(() => Find("config").Select(null));

        Assert.True(error.Code is "InvalidKubeConfig" or "ContextNotFound", error.Message);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(_home["config"], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster: one", "cluster: none", "names a cluster that it does not define")]
    [InlineData("user: one", "user: none", "names a user that it does not define")]
    [InlineData("server: https://one.test", "server: one test", "is not a URL")]
    [InlineData("token: " + Token, "client-certificate: none.pem\n    client-key: none.pem", "does not exist")]
    [InlineData("token: " + Token, "client-certificate-data: " + Token + "\n    client-key-data: " + Token, "cannot be read")]
    [InlineData("token: " + Token, "tokenFile: none.token", "does not exist")]
    public async Task An_unusable_context_is_reported_with_the_reason(string part, string instead, string expected)
    {
        Write("config", Config(("one", "https://one.test")).Replace(part, instead, StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => OpenAsync("config"));

        Assert.Equal("InvalidKubeConfig", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_and_an_invalid_rack_name_are_reported_before_any_request()
    {
        Assert.Equal("KubeConfigNotFound", (await Assert.ThrowsAsync<InvalidInputException>(() => OpenAsync("none"))).Code);
        Write("config", Config(("one", "https://one.test")));
        foreach (var (name, inNamespace, code) in new[]
        {
            ("Rack", null, "InvalidRackName"),
            ("rack\n", null, "InvalidRackName"),
            (new string('a', 57), null, "InvalidRackName"),
            ("rack", "a/b", "InvalidNamespace"),
        })
        {
            var options = new KubernetesRackOptions { Name = name, Namespace = inNamespace, KubeConfig = _home["config"] };
            Assert.Equal(
                code,
                (
                    await Assert.ThrowsAsync<InvalidInputException>(
                        () => KubernetesRack.OpenAsync(options, TimeProvider.System, null, default))).Code);
        }
    }

    [Fact]
    public void The_racks_of_a_kubeconfig_are_the_namespaces_of_its_contexts()
    {
        Write(
            "config",
            Config(("one", "https://one.test")).Replace(
                "user: one", "user: one\n    namespace: production-system", StringComparison.Ordinal));

        var (contexts, racks) = KubernetesRack.ReadContexts(_home["config"]);

        Assert.Equal(["one"], contexts);
        Assert.Equal(["production"], racks);
    }

    private KubeConfig Find(string file) => KubeConfig.Find(_home[file])!;

    private Task<KubernetesRack> OpenAsync(string file) =>
        KubernetesRack.OpenAsync(new KubernetesRackOptions { Name = "rack", KubeConfig = _home[file] }, TimeProvider.System, null, default);

    private void Write(string name, string text) => File.WriteAllText(_home[name], text);

    // The first context is the current one.
    private static string Config(params (string Name, string Server)[] contexts)
    {
        string List(string kind, Func<string, string, string> item) => $"{kind}:\n" + string.Concat(
            contexts.Select(c => $"- name: {c.Name}\n  {item(c.Name, c.Server)}\n"));
        return $"apiVersion: v1\nkind: Config\ncurrent-context: {contexts[0].Name}\n"
            + List("clusters", (_, server) => $"cluster:\n    server: {server}")
            + List("users", (_, _) => $"user:\n    token: {Token}")
            + List("contexts", (name, _) => $"context:\n    cluster: {name}\n    user: {name}");
    }
}
