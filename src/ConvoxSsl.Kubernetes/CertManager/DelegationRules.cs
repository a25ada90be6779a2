using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>The limits of issuance with cert-manager.</summary>
internal static class DelegationRules
{
    private const int MaxNames = 10;
    private static readonly TimeSpan MinDuration = TimeSpan.FromHours(1);

    /// <summary>Checks that cert-manager can issue a certificate.</summary>
    /// <exception cref="InvalidInputException"><c>TooManyNames</c>, <c>NotDelegable</c>, <c>InvalidDuration</c>.</exception>
    public static void Check(CertificateRecord certificate)
    {
        if (certificate.Domains.Count > MaxNames)
        {
            throw new InvalidInputException(
                ErrorCode.TooManyNames,
                $"{certificate.Domains.Count} names are too many for one certificate: Convox lets cert-manager issue at most {MaxNames}.",
                certificate.Domains.Count);
        }

        if (certificate.Domains.FirstOrDefault(d => CertificateName.Parse(d).IsAddress) is { } address)
        {
            throw new InvalidInputException(
                ErrorCode.NotDelegable,
                $"'{address}' cannot be validated because it is an IP address and the solvers of a Convox rack validate only domain names.",
                address);
        }

        var settings = certificate.Settings ?? new IssuanceSettings();
        if (settings.Duration is { } duration && duration < MinDuration)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidDuration,
                $"The duration '{DurationText.Format(duration)}' is not valid because cert-manager issues certificates for at least one "
                    + "hour.",
                duration)
            {
                Remedy = new Remedy("InvalidDuration.Delegated", duration),
            };
        }

        if (WithoutWord(settings).FirstOrDefault(s => s.IsGiven).Parameter is { } parameter)
        {
            throw new InvalidInputException(
                ErrorCode.NotDelegable,
                $"The setting {parameter} is not valid because cert-manager validates the names with its own solvers.",
                parameter)
            {
                Remedy = new Remedy("NotDelegable.Setting", parameter),
            };
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
