using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance;

namespace ConvoxSsl.Hosting;

/// <summary>The CA that an account cmdlet is about.</summary>
internal static class AcmeIssuer
{
    /// <summary>The directory of an issuer as the user writes it.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownIssuer</c>, <c>InvalidDirectoryUrl</c>; <c>IssuerNeeded</c>: it is no CA.</exception>
    public static Uri DirectoryOf(string issuer) => Issuer.Parse(issuer).DirectoryUrl
        ?? throw new InvalidInputException("IssuerNeeded", $"'{issuer}' is no CA and has no accounts. Name one such as letsencrypt, or give the URL of an ACME directory.", issuer);
}
