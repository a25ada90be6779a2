using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>The evaluation of the chain that a server sends, by a client that downloads no missing issuers.</summary>
/// <param name="IsTrusted">True if the chain ends in a trusted root and has no fault. The validity of the leaf is not considered.</param>
/// <param name="MissingIssuer">The name of the first issuer that is neither sent nor a trusted root; null if there is none.</param>
/// <param name="Fault">The reason why a complete chain is not trusted, as one sentence; null if there is none.</param>
internal sealed record ServedChain(bool IsTrusted, string? MissingIssuer, string? Fault)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly X509ChainStatusFlags[] Reported =
    [
        X509ChainStatusFlags.NotSignatureValid, X509ChainStatusFlags.InvalidBasicConstraints, X509ChainStatusFlags.NotValidForUsage,
        X509ChainStatusFlags.HasWeakSignature, X509ChainStatusFlags.InvalidNameConstraints,
    ];

    /// <summary>Evaluates a chain.</summary>
    /// <param name="observation">The certificates that the server sent.</param>
    /// <param name="roots">The roots of private CAs, which are trusted besides those of the system.</param>
    /// <param name="now">The current time.</param>
    public static ServedChain Evaluate(EndpointObservation observation, IReadOnlyList<X509Certificate2> roots, DateTimeOffset now)
    {
        var system = Build(observation, [], now);
        return system.IsTrusted || roots.Count == 0 ? system : Build(observation, roots, now);
    }

    private static ServedChain Build(EndpointObservation observation, IReadOnlyList<X509Certificate2> roots, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.DisableCertificateDownloads = true;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.VerificationTime = now.LocalDateTime;
        policy.VerificationTimeIgnored = false;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.ExtraStore.AddRange(observation.Certificates.Skip(1).ToArray());
        if (roots.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots.ToArray());
        }

        chain.Build(observation.Leaf!);
        try
        {
            return Evaluate(observation, chain, now);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private static ServedChain Evaluate(EndpointObservation observation, X509Chain chain, DateTimeOffset now)
    {
        var elements = chain.ChainElements.Select(element => element.Certificate).ToList();
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (flags.HasFlag(X509ChainStatusFlags.PartialChain))
        {
            return new ServedChain(false, EndpointObservation.GetIssuerName(elements[^1]), null);
        }

        // The system can have the issuer from an earlier download. Clients that do not have it reject the certificate.
        var missing = elements.Skip(1).SkipLast(1).FirstOrDefault(issuer => !observation.Sends(issuer));
        var local = now.LocalDateTime;
        var expired = elements.Skip(1).FirstOrDefault(issuer => issuer.NotAfter <= local || issuer.NotBefore > local);
        var fault = Describe(flags, elements, expired);
        return new ServedChain(fault is null, missing is null ? null : EndpointObservation.GetName(missing), fault);
    }

    private static string? Describe(X509ChainStatusFlags flags, List<X509Certificate2> elements, X509Certificate2? expired)
    {
        if (expired is not null)
        {
            return $"The issuer '{EndpointObservation.GetName(expired)}' is valid only from {expired.NotBefore.ToUniversalTime():u} to "
                + $"{expired.NotAfter.ToUniversalTime():u}.";
        }

        // NotTimeValid is that of the leaf here, which is a check of its own.
        var others = flags & ~(X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.UntrustedRoot);
        return others != X509ChainStatusFlags.NoError ? $"The chain is not valid: {Name(others)}."
            : !flags.HasFlag(X509ChainStatusFlags.UntrustedRoot) ? null
            : elements.Count == 1 && ChainFault.IsSelfIssued(elements[0]) ? "The certificate is self-signed."
            : $"The root '{EndpointObservation.GetName(elements[^1])}' is not trusted.";
    }

    private static string Name(X509ChainStatusFlags flags) =>
        Reported.Where(flag => flags.HasFlag(flag)).Select(flag => flag.ToString()).ToArray() is { Length: > 0 } names
            ? string.Join(", ", names)
            : flags.ToString();
}
