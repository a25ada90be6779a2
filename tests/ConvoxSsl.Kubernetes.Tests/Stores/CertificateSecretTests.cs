using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.Tests.Stores;

public sealed class CertificateSecretTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_ByteOrderMark_FindsTheLeaf(bool withIssuer)
    {
        var chain = ConvoxSecrets.CreateChain();
        var secret = ConvoxSecrets.CreateTls("rack", "cert-a", "\uFEFF" + (withIssuer ? chain.Full : chain.Leaf), "\uFEFF" + chain.Key);

        var read = CertificateSecret.Read(secret, CertificateSecretId.Parse("cert-a"))!;
        Assert.Equal((chain.Thumbprint, "www.example.org"), (read.Entry.Live.Thumbprint, Assert.Single(read.Entry.Record.Domains)));
        using var material = CertificateSecret.ReadMaterial(secret, CertificateSecretId.Parse("cert-a"));
        Assert.True(material.Key!.Matches(material.Chain.Leaf));
    }
}
