namespace ConvoxSsl.Engine.Acme;

/// <summary>What a person can do about each problem type (RFC 8555 section 6.7, RFC 9773 section 7.4).</summary>
internal static class AcmeRemedy
{
    public static string? For(AcmeProblem problem) => problem.ShortType switch
    {
        "accountDoesNotExist" => "Make the account again.",
        "alreadyReplaced" => "Order again: the certificate was already replaced.",
        "badCSR" => "Check key type and names of the signing request.",
        "badPublicKey" => "Choose another key type, such as EcdsaP256 or Rsa2048.",
        "badRevocationReason" => "Choose a reason that this CA allows, such as Unspecified.",
        "badSignatureAlgorithm" => "Use an account key of another type.",
        "caa" => "A CAA record forbids this CA: add one that allows it, or take another CA.",
        "connection" => "The CA could not reach the server: open the port to the internet and check the A and AAAA records.",
        "dns" => "The CA could not look up the name: check its DNS records and DNSSEC.",
        "externalAccountRequired" => "Create the account with the key id and MAC key that this CA gives its customers.",
        "incorrectResponse" or "unauthorized" => "Check that the name points to this machine and that nothing in between answers for it.",
        "invalidContact" or "unsupportedContact" => "Give a contact that this CA takes, such as mailto:you@example.org.",
        "invalidProfile" => "Choose one of the profiles in the CA's directory.",
        "rateLimited" => "Wait, or use the CA's staging directory for trials.",
        "rejectedIdentifier" => "This CA does not issue for that name: correct it, or take another CA.",
        "tls" => "The CA could not make a TLS connection: check what answers at the TLS port.",
        "userActionRequired" when problem.Instance is { } instance => $"Visit {instance}; new terms of service have to be accepted.",
        "userActionRequired" => "If the CA has new terms of service, they have to be accepted.",
        "unsupportedIdentifier" => "This CA does not issue for identifiers of that type.",
        _ => null,
    };
}
