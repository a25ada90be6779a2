using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Http;

/// <summary>Validates servers' certificates against the roots of private CAs.</summary>
internal static class TrustedRoots
{
    /// <summary>True if a server's certificate chains to one of the roots and has no other fault.</summary>
    public static bool Validate(
        IEnumerable<X509Certificate2> roots, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots.ToArray());
        // Private CAs rarely publish revocation data that this machine can reach.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in presented?.ChainElements.AsEnumerable() ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
    }
}
