using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>What is needed to make an account at a CA.</summary>
public sealed record AccountRequest
{
    /// <summary>E-mail addresses, or contact URLs.</summary>
    public IReadOnlyList<string> Contact { get; init; } = [];

    /// <summary>Whether the user accepts the CA's terms of service.</summary>
    public bool AcceptTermsOfService { get; init; }

    /// <summary>The account at the CA to bind to.</summary>
    public ExternalAccount? ExternalAccount { get; init; }

    /// <summary>The PEM of the root that the CA's endpoint is trusted by; remembered with the account.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The type of the account's key.</summary>
    public KeyAlgorithm KeyAlgorithm { get; init; }

    /// <summary>The user's own key: the CA finds the account that it has already. Null for a new key.</summary>
    public PrivateKey? Key { get; init; }
}
