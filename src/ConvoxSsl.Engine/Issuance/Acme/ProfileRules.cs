using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>What a CA says of one of its certificate profiles.</summary>
/// <param name="Name">The profile.</param>
/// <param name="MostNames">How many names a certificate may hold.</param>
/// <param name="TakesAddresses">Whether IP addresses are taken.</param>
/// <param name="Lifetime">How long certificates are valid, in words.</param>
public sealed record ProfileRule(string Name, int MostNames, bool TakesAddresses, string Lifetime);

/// <summary>The profiles whose rules are published, and the check of a request against them and against the CA's directory.</summary>
public static class ProfileRules
{
    /// <summary>Let's Encrypt's profiles, the one that is used without a choice first: https://letsencrypt.org/docs/profiles</summary>
    public static IReadOnlyList<ProfileRule> LetsEncrypt { get; } =
    [
        new("classic", 100, false, "90 days"),
        new("tlsserver", 25, false, "45 to 90 days"),
        new("shortlived", 25, true, "160 hours"),
    ];

    /// <summary>The published rules of an issuer's profiles; empty where there are none.</summary>
    public static IReadOnlyList<ProfileRule> Of(Issuer issuer) => issuer.Name is "letsencrypt" or "letsencrypt-staging" ? LetsEncrypt : [];

    /// <summary>Holds a request against the rules that are known without asking the CA.</summary>
    /// <exception cref="InvalidInputException"><c>TooManyNames</c>; <c>AddressNotTaken</c>.</exception>
    internal static void Check(Issuer issuer, string? profile, CertificateNameSet names)
    {
        var rules = Of(issuer);
        if (rules.FirstOrDefault(r => profile is null || r.Name == profile) is not { } rule)
        {
            return;
        }

        if (names.Count > rule.MostNames)
        {
            throw new InvalidInputException(
                ErrorCode.TooManyNames, $"{names.Count} names are too many: {issuer} takes at most {rule.MostNames} in a certificate of profile '{rule.Name}'. Spread them over several certificates.", names.Count);
        }

        if (!rule.TakesAddresses && names.FirstOrDefault(n => n.IsAddress) is { } address)
        {
            var other = rules.First(r => r.TakesAddresses).Name;
            throw new InvalidInputException(
                ErrorCode.AddressNotTaken, $"{issuer} puts the IP address {address} only into certificates of profile '{other}'. Add -Profile {other}.", address.Value);
        }
    }

    /// <summary>Makes sure that the CA's directory lists a profile.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownProfile</c>.</exception>
    internal static void RequireListed(string? profile, AcmeDirectory directory, string host)
    {
        var listed = directory.Metadata.Profiles.Keys;
        if (profile is not null && !listed.Contains(profile))
        {
            throw new InvalidInputException(
                ErrorCode.UnknownProfile,
                listed.Any() ? $"The CA at {host} has no profile '{profile}'. Give one of {string.Join(", ", listed)}." : $"The CA at {host} offers no profiles, so '{profile}' can't be had. Leave -Profile out.",
                profile);
        }
    }
}
