using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>What cert-manager can be asked for in a Certificate.</summary>
internal static class DelegationRules
{
    private const int MostNames = 10;
    private static readonly TimeSpan ShortestDuration = TimeSpan.FromHours(1);

    /// <summary>Makes sure that cert-manager can issue a certificate like that.</summary>
    /// <exception cref="InvalidInputException"><c>TooManyNames</c>, <c>NotDelegable</c>, <c>InvalidDuration</c>.</exception>
    public static void Check(CertificateRecord certificate)
    {
        if (certificate.Domains.Count > MostNames)
        {
            throw new InvalidInputException(
                ErrorCode.TooManyNames, $"{certificate.Domains.Count} names were given, and Convox lets cert-manager put at most {MostNames} into a certificate. Split them over several certificates, or add -Engine Acme, so that the module issues by itself.", certificate.Domains.Count);
        }

        if (certificate.Domains.FirstOrDefault(d => CertificateName.Parse(d).IsAddress) is { } address)
        {
            throw new InvalidInputException(
                ErrorCode.NotDelegable, $"'{address}' is an IP address, and the solvers of a Convox rack prove only DNS names. Add -Engine Acme, so that the module issues by itself.", address);
        }

        var settings = certificate.Settings ?? new IssuanceSettings();
        if (settings.Duration is { } duration && duration < ShortestDuration)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidDuration, $"cert-manager issues no certificate for {duration}, only for an hour or more. Give a longer -Duration, or add -Engine Acme, so that the module issues by itself.", duration);
        }

        if (WithoutWord(settings).FirstOrDefault(s => s.IsGiven).Parameter is { } parameter)
        {
            throw new InvalidInputException(
                ErrorCode.NotDelegable, $"-{parameter} can't be told to cert-manager, which proves the names with its own solvers. Leave it out, or add -Engine Acme, so that the module issues by itself.", parameter);
        }
    }

    private static IEnumerable<(string Parameter, bool IsGiven)> WithoutWord(IssuanceSettings settings) =>
    [
        ("CertificateSigningRequest", settings.SigningRequest is not null),
        ("Profile", settings.Profile is not null),
        ("PreferredChain", settings.PreferredChain is not null),
        ("Challenge", settings.ChallengeType is not null),
        ("HttpPort", settings.HttpPort is not null),
        ("HttpAddress", settings.HttpAddress is not null),
        ("TlsPort", settings.TlsPort is not null),
        ("WebRoot", settings.WebRoot is not null),
        ("DnsServer", settings.DnsServers is not null),
        ("PropagationTimeout", settings.PropagationTimeout is not null),
        ("SkipPropagationCheck", settings.SkipPropagationCheck),
        ("EmptySubject", settings.EmptySubject),
    ];
}
