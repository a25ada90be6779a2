namespace ConvoxSsl.Engine.Dns.Caa;

/// <summary>What a CA would be asked for.</summary>
/// <param name="Identities">The names that the CA goes by in CAA records: its directory's <c>caaIdentities</c>.</param>
/// <param name="ChallengeType">How the name would be validated, such as <c>dns-01</c>.</param>
/// <param name="AccountUrl">The URL of the ACME account; null where there is none yet.</param>
/// <param name="IsWildcard">Whether it is a wildcard.</param>
public sealed record CaaRequest(IReadOnlyList<string> Identities, string ChallengeType, string? AccountUrl, bool IsWildcard);

/// <summary>Whether a CA may issue.</summary>
/// <param name="IsAllowed">Whether it may.</param>
/// <param name="Reason">Why not, with the remedy; null where it may.</param>
public sealed record CaaVerdict(bool IsAllowed, string? Reason);

/// <summary>What CAA records allow.</summary>
public static class CaaPolicy
{
    // Contact and mail properties say nothing about TLS certificates, and CAs know them.
    private static readonly string[] KnownTags = ["issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone"];

    /// <summary>
    /// Judges a request as the CA will (RFC 8659 sections 4.1 to 4.3; RFC 8657 sections 3 and 4 for the parameters
    /// <c>accounturi</c> and <c>validationmethods</c>).
    /// </summary>
    public static CaaVerdict Judge(CaaRecordSet set, CaaRequest request)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(request);
        if (set.LookupError is { } error)
        {
            return No($"The CAA records of '{set.FoundAt}' can't be looked up, and no CA issues then: {error}.");
        }

        if (set.Records.FirstOrDefault(r => r.IsCritical && !KnownTags.Contains(r.Tag, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            return No($"The CAA record {unknown} of '{set.FoundAt}' is critical and its property is not known, so that no CA may issue. Remove it.");
        }

        var (tag, applying) = Applying(set.Records, request.IsWildcard);
        if (applying.Count == 0)
        {
            return new CaaVerdict(true, null);
        }

        var objections = applying.Select(r => Objection(r, request)).ToList();
        return objections.Contains(null)
            ? new CaaVerdict(true, null)
            : No($"The CAA records of '{set.FoundAt}' do not allow it: {string.Join("; ", objections)}. {Remedy(set, request, tag)}");
    }

    // issuewild takes the place of issue for wildcards, where there is one, and says nothing about other names.
    private static (string Tag, List<CaaRecord> Records) Applying(IReadOnlyList<CaaRecord> records, bool isWildcard)
    {
        var wild = Tagged(records, "issuewild");
        return isWildcard && wild.Count > 0 ? ("issuewild", wild) : ("issue", Tagged(records, "issue"));
    }

    private static List<CaaRecord> Tagged(IReadOnlyList<CaaRecord> records, string tag) =>
        [.. records.Where(r => r.Tag.Equals(tag, StringComparison.OrdinalIgnoreCase))];

    // Null where the record allows it.
    private static string? Objection(CaaRecord record, CaaRequest request)
    {
        var value = CaaIssueValue.Parse(record.Value);
        if (value.Issuer is not { } issuer)
        {
            return $"{record} allows nobody";
        }

        if (!request.Identities.Contains(issuer, StringComparer.OrdinalIgnoreCase))
        {
            return $"{record} is for another CA";
        }

        var accounts = value.Get("accounturi");
        if (accounts.Count > 1 || (accounts.Count == 1 && accounts[0] != request.AccountUrl))
        {
            return request.AccountUrl is null ? $"{record} asks for an account that exists already" : $"{record} is not for the account {request.AccountUrl}";
        }

        var methods = value.Get("validationmethods");
        return methods.Count > 1 || (methods.Count == 1 && !methods[0].Split(',').Contains(request.ChallengeType, StringComparer.Ordinal))
            ? $"{record} does not allow {request.ChallengeType}"
            : null;
    }

    private static string Remedy(CaaRecordSet set, CaaRequest request, string tag) => request.Identities.Count > 0
        ? $"Add the record: {set.FoundAt} CAA 0 {tag} \"{request.Identities[0]}\""
        : "The CA does not say which name it goes by in CAA records.";

    private static CaaVerdict No(string reason) => new(false, reason);
}
