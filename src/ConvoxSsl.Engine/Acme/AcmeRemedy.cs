namespace ConvoxSsl.Engine.Acme;

/// <summary>Advice for each problem type (RFC 8555 section 6.7, RFC 9773 section 7.4).</summary>
internal static class AcmeRemedy
{
    private const int MaxUrlLength = 500;
    private const string Dns01 = "dns-01";

    /// <summary>Creates the advice: that of the protocol, then what the table of remedies has for the problem's type.</summary>
    public static Remedy Create(AcmeProblem problem)
    {
        Remedy? advice = DescribeDns01(problem) ?? Describe(problem);
        return Remedy.Join(advice, new Remedy($"AcmeProblem.{problem.ShortType}"));
    }

    // For dns-01, the CA connects to name servers instead of this machine. Null if the general advice applies.
    private static string? DescribeDns01(AcmeProblem problem) => problem.ChallengeType != Dns01 ? null : problem.ShortType switch
    {
        AcmeProblemType.IncorrectResponse or AcmeProblemType.Unauthorized =>
            "Check that every name server of the zone publishes the TXT record, and that a CNAME record at its name, if there is one, "
            + "leads to the zone in which the record is written.",
        AcmeProblemType.Dns or AcmeProblemType.Connection or AcmeProblemType.Tls =>
            "The CA could not look up the TXT record: check that the zone is delegated to the name servers that publish the record, that "
            + "they respond to queries from the internet, and the zone's DNSSEC.",
        _ => null,
    };

    // Null if there is none.
    private static string? Describe(AcmeProblem problem) => problem.ShortType switch
    {
        AcmeProblemType.AccountDoesNotExist => "Create the account again.",
        AcmeProblemType.AlreadyReplaced => "Order again: the certificate was already replaced.",
        AcmeProblemType.BadCsr => "Check the key type and the names of the signing request.",
        AcmeProblemType.BadPublicKey => "Choose another key type, such as EcdsaP256 or Rsa2048.",
        AcmeProblemType.BadRevocationReason => "Choose a reason that this CA allows, such as Unspecified.",
        AcmeProblemType.BadSignatureAlgorithm => "Use an account key of another type.",
        AcmeProblemType.Caa => "A CAA record forbids this CA: add one that allows it, or use another CA.",
        AcmeProblemType.Connection =>
            "The CA could not connect to the server: open the port to the internet and check the A and AAAA records.",
        AcmeProblemType.Dns => "The CA could not look up the name: check its DNS records and DNSSEC.",
        AcmeProblemType.ExternalAccountRequired => "Create the account with the key id and MAC key that this CA gives its customers.",
        AcmeProblemType.IncorrectResponse or AcmeProblemType.Unauthorized =>
            "Check that the name points to this machine and that no proxy or CDN responds in its place.",
        AcmeProblemType.InvalidContact or AcmeProblemType.UnsupportedContact =>
            "Use a contact that this CA accepts, such as mailto:you@example.org.",
        AcmeProblemType.InvalidProfile => "Choose one of the profiles in the CA's directory.",
        AcmeProblemType.RateLimited => "Wait, or use the CA's staging directory for tests.",
        AcmeProblemType.RejectedIdentifier => "This CA does not issue for that name: correct it, or use another CA.",
        AcmeProblemType.Tls => "The CA could not make a TLS connection: check the server at the TLS port.",
        AcmeProblemType.UserActionRequired when problem.Instance is { } instance =>
            $"Visit {DisplayText.Shorten(instance, MaxUrlLength)}, where the CA has new terms of service or asks for an action.",
        AcmeProblemType.UserActionRequired => "Read the CA's new terms of service, which its directory names.",
        AcmeProblemType.UnsupportedIdentifier => "This CA does not issue for identifiers of that type.",
        _ => null,
    };
}
