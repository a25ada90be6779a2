using System.Text.RegularExpressions;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Requests;

/// <summary>The issuer of a certificate: a CA, the certificate's own key, or an issuer of the rack's controller.</summary>
public sealed partial record Issuer
{
    /// <summary>The name of <see cref="SelfSigned"/>.</summary>
    public const string SelfSignedName = "self-signed";

    /// <summary>The issuer name of imported certificates.</summary>
    public const string ImportedName = "imported";

    private const string StagingSuffix = "-staging";

    private Issuer(string name, Uri? directoryUrl)
    {
        Name = name;
        DirectoryUrl = directoryUrl;
    }

    /// <summary>The certificate's own key, which Convox uses if no issuer is named.</summary>
    public static Issuer SelfSigned { get; } = new(SelfSignedName, null);

    /// <summary>The CAs that have a name, with the directories that they publish.</summary>
    public static IReadOnlyList<Issuer> WellKnown { get; } =
    [
        // https://letsencrypt.org/docs/acme-protocol-updates and /staging-environment
        new("letsencrypt", new Uri("https://acme-v02.api.letsencrypt.org/directory")),
        new("letsencrypt-staging", new Uri("https://acme-staging-v02.api.letsencrypt.org/directory")),
        // https://zerossl.com/documentation/acme
        new("zerossl", new Uri("https://acme.zerossl.com/v2/DV90")),
        // https://cloud.google.com/certificate-manager/docs/public-ca-tutorial
        new("google", new Uri("https://dv.acme-v02.api.pki.goog/directory")),
        new("google-staging", new Uri("https://dv.acme-v02.test-api.pki.goog/directory")),
        // https://www.ssl.com/guide/ssl-tls-certificate-issuance-and-revocation-with-acme
        new("sslcom", new Uri("https://acme.ssl.com/sslcom-dv-ecc")),
    ];

    /// <summary><c>self-signed</c>, a well-known name, or the directory URL.</summary>
    public string Name { get; }

    /// <summary>The CA's directory; null for <see cref="SelfSigned"/>, and for one that only a rack's controller knows.</summary>
    public Uri? DirectoryUrl { get; }

    /// <summary>True if the certificate's own key signs it.</summary>
    public bool IsSelfSigned => Name == SelfSignedName;

    /// <summary>
    /// The issuer for dry runs: the CA's staging endpoint, or the issuer itself if the user gave its URL or it is a staging
    /// endpoint; null for a CA without one.
    /// </summary>
    public Issuer? Trial => WellKnown.FirstOrDefault(i => i.Name == Name + StagingSuffix)
        ?? (Name.EndsWith(StagingSuffix, StringComparison.Ordinal) || Name.Contains("://", StringComparison.Ordinal) ? this : null);

    /// <summary>Parses an issuer as a user writes it; an empty text means self-signed.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownIssuer</c>, <c>InvalidDirectoryUrl</c>.</exception>
    public static Issuer Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Equals(SelfSignedName, StringComparison.OrdinalIgnoreCase))
        {
            return SelfSigned;
        }

        if (WellKnown.FirstOrDefault(i => i.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return known;
        }

        if (!text.Contains("://", StringComparison.Ordinal))
        {
            string[] names = [.. WellKnown.Select(i => i.Name), SelfSignedName];
            throw new InvalidInputException(ErrorCode.UnknownIssuer, $"Unknown issuer '{text}'.", text)
            {
                Remedy = Suggestion.Prepend(
                    text, names, $"The issuers are {string.Join(", ", names)}, and every URL of an ACME directory."),
            };
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0
            ? WellKnown.FirstOrDefault(i => i.DirectoryUrl == url) ?? new Issuer(url.AbsoluteUri, url)
            : throw new InvalidInputException(
                ErrorCode.InvalidDirectoryUrl, $"The directory URL '{text}' is not valid because ACME requires HTTPS.", text)
            {
                Remedy = "Give an https:// URL.",
            };
    }

    /// <summary>Parses an issuer, including names that only the rack's controller knows.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownIssuer</c>, <c>InvalidDirectoryUrl</c>.</exception>
    public static Issuer ParseControlled(string text) =>
        ControlledName().IsMatch(text)
        && !text.Equals(SelfSignedName, StringComparison.OrdinalIgnoreCase)
        && WellKnown.All(i => !i.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            ? new Issuer(text, null)
            : Parse(text);

    /// <summary>Returns the issuer of a certificate that was not imported.</summary>
    public static Issuer FromRecord(CertificateRecord record) =>
        record.Settings?.Controller is null ? Parse(record.Issuer) : ParseControlled(record.Issuer);

    /// <summary>Parses the directory of a CA as a user writes it.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>UnknownIssuer</c>, <c>InvalidDirectoryUrl</c>; <c>IssuerNeeded</c>: it is not a CA.
    /// </exception>
    public static Uri DirectoryOf(string text) => Parse(text).DirectoryUrl ?? throw NotACa(text);

    /// <summary>Verifies that the issuer is a CA or known to the rack's controller.</summary>
    /// <exception cref="InvalidInputException"><c>IssuerNeeded</c>: it is the certificate's own key.</exception>
    public Issuer RequireCa() => IsSelfSigned ? throw NotACa(Name) : this;

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static InvalidInputException NotACa(string text) =>
        new(ErrorCode.IssuerNeeded, $"'{text}' is not a CA and has no accounts.", text)
        {
            Remedy = "Name one such as letsencrypt, or give the URL of an ACME directory.",
        };

    // RFC 1123 subdomains, which name issuers in a cluster.
    [GeneratedRegex("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex ControlledName();
}
