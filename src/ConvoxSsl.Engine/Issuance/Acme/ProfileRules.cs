using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>The published rules of a certificate profile.</summary>
/// <param name="Name">The profile.</param>
/// <param name="MaxNames">The maximum number of names in a certificate.</param>
/// <param name="AllowsAddresses">True if IP addresses are allowed.</param>
/// <param name="Lifetime">The validity period, as text.</param>
public sealed record ProfileRule(string Name, int MaxNames, bool AllowsAddresses, string Lifetime);

/// <summary>The profiles whose rules are published, and the checks of a request against them and against the CA's directory.</summary>
public static class ProfileRules
{
    /// <summary>Let's Encrypt's profiles, with the default profile first: https://letsencrypt.org/docs/profiles</summary>
    public static IReadOnlyList<ProfileRule> LetsEncrypt { get; } =
    [
        new("classic", 100, false, "90 days"),
        new("tlsserver", 25, false, "45 to 90 days"),
        new("shortlived", 25, true, "160 hours"),
    ];

    /// <summary>Returns the published rules of an issuer's profiles; empty if there are none.</summary>
    public static IReadOnlyList<ProfileRule> Of(Issuer issuer) => issuer.Name is "letsencrypt" or "letsencrypt-staging" ? LetsEncrypt : [];

    /// <summary>Checks a request against the published rules, without a request to the CA.</summary>
    /// <exception cref="InvalidInputException"><c>TooManyNames</c>; <c>AddressNotTaken</c>.</exception>
    internal static void Check(Issuer issuer, string? profile, CertificateNameSet names)
    {
        var rules = Of(issuer);
        if (rules.FirstOrDefault(r => profile is null || r.Name == profile) is not { } rule)
        {
            return;
        }

        if (names.Count > rule.MaxNames)
        {
            throw new InvalidInputException(
                ErrorCode.TooManyNames,
                $"{names.Count} names are too many: {issuer} allows at most {rule.MaxNames} in a certificate of profile '{rule.Name}'.",
                names.Count)
            {
                Remedy = "Spread them over several certificates.",
            };
        }

        if (!rule.AllowsAddresses && names.FirstOrDefault(n => n.IsAddress) is { } address)
        {
            var other = rules.First(r => r.AllowsAddresses).Name;
            throw new InvalidInputException(
                ErrorCode.AddressNotTaken,
                $"{issuer} allows the IP address {address} only in certificates of profile '{other}'.",
                address.Value)
            {
                Remedy = new Remedy(ErrorCode.AddressNotTaken, other),
            };
        }
    }

    /// <summary>Verifies that the CA's directory lists a profile.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownProfile</c>.</exception>
    internal static void RequireListed(string? profile, AcmeDirectory directory, string host)
    {
        var listed = directory.Metadata.Profiles.Keys;
        if (profile is not null && !listed.Contains(profile))
        {
            throw listed.Any()
                ? new InvalidInputException(ErrorCode.UnknownProfile, $"The CA at {host} has no profile '{profile}'.", profile)
                {
                    Remedy = Suggestion.Prepend(profile, listed, $"Its profiles are {string.Join(", ", listed)}."),
                }
                : new InvalidInputException(
                    ErrorCode.UnknownProfile, $"The CA at {host} offers no profiles, so '{profile}' is not available.", profile)
                {
                    Remedy = new Remedy("UnknownProfile.None"),
                };
        }
    }
}
