using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Issuance.Requests;

/// <summary>The account to create at a CA, if there is none.</summary>
public sealed record AccountRequest
{
    /// <summary>E-mail addresses, or contact URLs.</summary>
    public IReadOnlyList<string> Contact { get; init; } = [];

    /// <summary>True if the user accepts the CA's terms of service.</summary>
    public bool AcceptTermsOfService { get; init; }

    /// <summary>The account at the CA to bind to.</summary>
    public ExternalAccount? ExternalAccount { get; init; }

    /// <summary>The PEM of the root that the endpoint of the CA is trusted by; stored with the account.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The type of the account's key.</summary>
    public KeyAlgorithm KeyAlgorithm { get; init; }

    /// <summary>The key of an account that exists at the CA; null for a new key.</summary>
    public PrivateKey? Key { get; init; }
}
