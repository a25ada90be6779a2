using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Connection;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Connection;

/// <summary>The API server's certificate must have its name and chain to the kubeconfig's authority.</summary>
public sealed class ServerTrustTests : IDisposable
{
    private const string Name = "api.rack.test";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    private readonly TemporaryDirectory _home = new();
    private readonly List<IDisposable> _made = [];

    public void Dispose()
    {
        _made.ForEach(made => made.Dispose());
        _home.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_the_right_authority_for_another_name_is_rejected_before_any_request()
    {
        await using var server = await StartAsync(Name);

        var error = await Assert.ThrowsAsync<EngineException>(() => RequestAsync(server, string.Empty));

        Assert.Equal("ClusterUntrusted", error.Code);
        Assert.Contains($"valid for {Name}, not for 127.0.0.1.", error.Message, StringComparison.Ordinal);
        Assert.Contains("tls-server-name", error.Remedy!.Text, StringComparison.Ordinal);
        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task The_kubeconfigs_server_name_replaces_the_urls_host()
    {
        await using var server = await StartAsync(Name);

        Assert.Equal("NamespaceNotFound", (await Assert.ThrowsAsync<EngineException>(() => RequestAsync(server, Name))).Code);
        Assert.NotEmpty(server.Calls);
    }

    [Fact]
    public async Task A_server_name_that_the_certificate_does_not_have_is_rejected()
    {
        await using var server = await StartAsync(null);

        var error = await Assert.ThrowsAsync<EngineException>(() => RequestAsync(server, Name));

        Assert.Equal("ClusterUntrusted", error.Code);
        Assert.Contains($"valid for localhost, 127.0.0.1, not for {Name}.", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Calls);
    }

    [Fact]
    public void An_authority_need_not_be_a_root_but_must_have_signed()
    {
        var root = Certificate("CN=Root", null, isAuthority: true);
        var middle = Certificate("CN=Middle", root, isAuthority: true);
        var otherRoot = Certificate("CN=Root", null, isAuthority: true);
        var forged = Certificate("CN=Middle", otherRoot, isAuthority: true, middle.SerialNumberBytes.ToArray());
        var leaf = Certificate("CN=leaf", middle, isAuthority: false);

        Assert.True(Verify(leaf, root, middle));
        Assert.True(Verify(leaf, middle));
        Assert.True(Verify(leaf, leaf));
        Assert.Throws<AuthenticationException>(() => Verify(leaf, root));
        Assert.Throws<AuthenticationException>(() => Verify(leaf, forged));
        Assert.Throws<AuthenticationException>(() => Verify(Certificate("CN=leaf", forged, isAuthority: false), middle));
        Assert.Throws<AuthenticationException>(() => Verify(Certificate("CN=leaf", forged, isAuthority: false), [forged], middle));
        Assert.Throws<AuthenticationException>(() => Verify(Certificate("CN=leaf", null, isAuthority: false), root));
        Assert.Throws<AuthenticationException>(() => new ServerTrust(Name, [root]).Verify(null, null, SslPolicyErrors.None));
    }

    [Fact]
    public void A_common_name_does_not_count_and_a_final_dot_is_ignored()
    {
        var root = Certificate("CN=Root", null, isAuthority: true);
        var leaf = Certificate("CN=other.test", root, isAuthority: false);

        Assert.True(new ServerTrust(Name + ".", [root]).Verify(leaf, null, SslPolicyErrors.RemoteCertificateNameMismatch));
        Assert.Throws<ServerNameException>(() => new ServerTrust("other.test", [root]).Verify(leaf, null, SslPolicyErrors.None));
        Assert.Throws<ServerNameException>(() => new ServerTrust("not a name", [root]).Verify(leaf, null, SslPolicyErrors.None));
    }

    private static bool Verify(X509Certificate2 leaf, params X509Certificate2[] authorities) => Verify(leaf, [], authorities);

    private static bool Verify(X509Certificate2 leaf, X509Certificate2[] sent, params X509Certificate2[] authorities)
    {
        using var presented = new X509Chain();
        presented.ChainPolicy.ExtraStore.AddRange(sent);
        return new ServerTrust(Name, [.. authorities]).Verify(leaf, presented, SslPolicyErrors.RemoteCertificateChainErrors);
    }

    private static Task<ScriptedKubernetesServer> StartAsync(string? name) =>
        ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions { ServerName = name }, default);

    private async Task RequestAsync(ScriptedKubernetesServer server, string name)
    {
        var line = name.Length == 0 ? string.Empty : $"    tls-server-name: {name}\n";
        File.WriteAllText(_home["config"], server.KubeConfig().Replace("  cluster:\n", "  cluster:\n" + line, StringComparison.Ordinal));
        using var rack = await KubernetesRack.OpenAsync(
            new KubernetesRackOptions { Name = "rack", KubeConfig = _home["config"] }, TimeProvider.System, null, default);
        await rack.RequireReadableAsync(default);
    }

    private X509Certificate2 Certificate(string subject, X509Certificate2? issuer, bool isAuthority, byte[]? serial = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        if (!isAuthority)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(Name);
            request.CertificateExtensions.Add(names.Build());
        }

        if (issuer is null)
        {
            var own = request.CreateSelfSigned(Now.AddHours(-2), Now.AddDays(3));
            _made.Add(own);
            return own;
        }

        serial ??= RandomNumberGenerator.GetBytes(8);
        using var signed = request.Create(issuer, Now.AddHours(-1), Now.AddDays(isAuthority ? 2 : 1), serial);
        var made = signed.CopyWithPrivateKey(key);
        _made.Add(made);
        return made;
    }
}
