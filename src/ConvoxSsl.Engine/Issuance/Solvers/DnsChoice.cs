using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>Decides for which of a certificate's names dns-01 is used.</summary>
/// <param name="names">The names.</param>
/// <param name="settings">The settings.</param>
/// <param name="records">The challenge records by base name; empty if the rack has no DNS solver.</param>
internal sealed class DnsChoice(
    CertificateNameSet names, IssuanceSettings settings, IReadOnlyDictionary<string, ChallengeRecord> records)
{
    /// <summary>True if dns-01 may validate the name. It must not be used for IP addresses (RFC 8738 section 7).</summary>
    public static bool MayUseDns(CertificateName name, IssuanceSettings settings) =>
        !name.IsAddress && ((settings.ChallengeType ?? FindKeptType(name, settings)) is null or ChallengeTypes.Dns01);

    /// <summary>Explains the effect of a challenge record that hides its domain.</summary>
    public static string DescribeHiding(string domain) =>
        $"While the challenge record of '{domain}' exists, the zone's wildcard record does not answer for '{domain}' and the names "
        + "below it (RFC 4592 section 2.2.2), so they are unreachable until the record is removed.";

    /// <summary>Gets the advice for a challenge record that hides its domain.</summary>
    public static Remedy GetHidingRemedy(string domain, bool needsDns) => Remedy.FromText(
        $"Create DNS records for '{domain}' and the names below it that are in use"
        + (needsDns ? "." : ", or validate it by http-01."));

    /// <summary>Gets the DNS solver that validates a name; null if dns-01 is not used.</summary>
    public DnsSolver? FindSolver(CertificateName name) =>
        MayUseDns(name, settings)
        && records.GetValueOrDefault(name.BaseName) is { Solver: { } solver } record
        && (!record.HidesDomain || IsDnsNeeded(name))
            ? solver
            : null;

    /// <summary>Gets the error for a name that needs dns-01 and whose challenge record is an alias into a zone without a solver.</summary>
    public InvalidInputException? FindObstacle(CertificateName name)
    {
        if (!MayUseDns(name, settings)
            || !(name.IsWildcard || settings.ChallengeType == ChallengeTypes.Dns01)
            || records.GetValueOrDefault(name.BaseName) is not { Solver: null, Alias: not null } record)
        {
            return null;
        }

        var code = name.IsWildcard ? ErrorCode.WildcardNeedsDns : ErrorCode.NoDnsSolver;
        return new InvalidInputException(code, $"'{name}' cannot be validated by dns-01: {DescribeAlias(record)}.", name.Value)
        {
            Remedy = new Remedy(code, record.Name),
        };
    }

    /// <summary>Describes the target of an alias into a zone without a solver.</summary>
    public static string DescribeAlias(ChallengeRecord record) =>
        $"'{record.Alias}' is an alias of '{record.Name}', for which the rack has no DNS solver";

    /// <summary>Reports the effects of the choice that are not obvious.</summary>
    public void Report(IssuanceContext context)
    {
        foreach (var name in names.Where(n => FindKeptType(n, settings) == ChallengeTypes.Dns01 && !n.IsWildcard && FindSolver(n) is null))
        {
            var reason = records.GetValueOrDefault(name.BaseName)?.HidesDomain is true
                ? "its challenge record would make it unreachable"
                : "no DNS solver of the rack covers it any more";
            context.ReportWarning($"'{name}' was validated by dns-01 before, but {reason}, so http-01 is used.");
        }

        foreach (var name in names.DistinctBy(n => n.BaseName))
        {
            if (records.GetValueOrDefault(name.BaseName) is not { } record)
            {
                continue;
            }

            if (record.HidesDomain && FindSolver(name) is not null)
            {
                var isWildcard = names.Any(n => n.IsWildcard && n.BaseName == name.BaseName);
                context.ReportWarning(DescribeHiding(name.BaseName), GetHidingRemedy(name.BaseName, isWildcard));
            }
            else if (record.HidesDomain)
            {
                context.ReportDetail($"'{name}' is not validated by dns-01. {DescribeHiding(name.BaseName)}");
            }
            else if (record is { Solver: null, Alias: not null })
            {
                context.ReportDetail($"'{name}' is not validated by dns-01: {DescribeAlias(record)}.");
            }
        }
    }

    // The type that was selected automatically at the first issuance.
    private static string? FindKeptType(CertificateName name, IssuanceSettings settings) =>
        settings is not { ChallengeType: null, Http01Names: { } kept } ? null
        : kept.Split(',').Contains(name.Value, StringComparer.Ordinal) ? ChallengeTypes.Http01
        : ChallengeTypes.Dns01;

    // The wildcard has the same record, so the name may use it too.
    private bool IsDnsNeeded(CertificateName name) =>
        settings.ChallengeType is not null || names.Any(n => n.IsWildcard && n.BaseName == name.BaseName);
}
