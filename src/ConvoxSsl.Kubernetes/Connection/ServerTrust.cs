using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>The API server's certificate is valid for other names only.</summary>
internal sealed class ServerNameException(string message) : AuthenticationException(message);

/// <summary>
/// Verifies the API server's certificate as kubectl does: its name, and its chain to one of the kubeconfig's authorities, which
/// need not be roots, or to the system's roots.
/// </summary>
/// <param name="name">The name that the certificate must have: the URL's host, or <c>tls-server-name</c>.</param>
/// <param name="authorities">The kubeconfig's authorities; null for the system's roots.</param>
internal sealed class ServerTrust(string name, X509Certificate2Collection? authorities)
{
    private const int MaxNamesLength = 200;
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly string _name = name.Trim('[', ']').TrimEnd('.');

    /// <summary>Verifies a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="presented">Its chain as the system built it, with the certificates that the server sent.</param>
    /// <param name="errors">The system's result; its check of the name is ignored.</param>
    /// <returns>True; failures are exceptions, whose messages end up in the error for the user.</returns>
    /// <exception cref="ServerNameException">The certificate has other names.</exception>
    /// <exception cref="AuthenticationException">The chain is not valid.</exception>
    public bool Verify(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            throw new AuthenticationException("it sent no certificate.");
        }

        using var leaf = new X509Certificate2(certificate);
        if (!HasName(leaf))
        {
            throw new ServerNameException($"its certificate is valid for {NamesOf(leaf)}, not for {_name}.");
        }

        if (authorities is not null)
        {
            VerifyChain(leaf, presented, authorities);
        }
        else if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            throw Untrusted("the system's roots", presented?.ChainStatus ?? []);
        }

        return true;
    }

    private static void VerifyChain(X509Certificate2 leaf, X509Chain? presented, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(ServerAuthentication);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        // An authority that is not a root ends the chain; every signature up to it is verified nevertheless.
        policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        if (!chain.Build(leaf) || !chain.ChainElements.Any(element => authorities.Any(authority => IsSame(authority, element.Certificate))))
        {
            throw Untrusted("the authority in the kubeconfig", chain.ChainStatus);
        }
    }

    // X509Certificate.Equals compares only the issuer and the serial number.
    private static bool IsSame(X509Certificate2 one, X509Certificate2 other) =>
        one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);

    // The common name does not count.
    private bool HasName(X509Certificate2 leaf) => Uri.CheckHostName(_name) is not UriHostNameType.Unknown
        && leaf.MatchesHostname(_name, allowWildcards: true, allowCommonName: false);

    private static string NamesOf(X509Certificate2 leaf)
    {
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(san => san.EnumerateDnsNames().Concat(san.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToList();
        return names.Count == 0 ? "no name" : DisplayText.Shorten(string.Join(", ", names), MaxNamesLength);
    }

    private static AuthenticationException Untrusted(string anchor, IEnumerable<X509ChainStatus> chain) => new(
        $"its certificate does not chain to {anchor} ({string.Join(", ", chain.Select(status => status.Status).Distinct())}).");
}
