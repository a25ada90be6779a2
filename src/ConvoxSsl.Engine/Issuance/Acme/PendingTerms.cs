namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>The terms of service of a CA that the user has not accepted yet.</summary>
/// <param name="Host">The host of the CA's directory, with its port unless that is 443.</param>
/// <param name="Url">The URL of the terms; null if the directory does not name them.</param>
public sealed record PendingTerms(string Host, string? Url)
{
    /// <inheritdoc/>
    public override string ToString() => Url is null ? Host : $"{Host} ({Url})";
}
