namespace ConvoxSsl.Engine.Dns.Caa;

/// <summary>A request for a certificate, for evaluation against CAA records.</summary>
/// <param name="Identities">The CA's names in CAA records: its directory's <c>caaIdentities</c>.</param>
/// <param name="ChallengeType">The challenge type, such as <c>dns-01</c>.</param>
/// <param name="AccountUrl">The URL of the ACME account; null if there is none yet.</param>
/// <param name="IsWildcard">True for a wildcard.</param>
public sealed record CaaRequest(IReadOnlyList<string> Identities, string ChallengeType, string? AccountUrl, bool IsWildcard);

/// <summary>The result of a CAA check.</summary>
/// <param name="IsAllowed">True if the CA is allowed to issue.</param>
/// <param name="Reason">The reason if it is not allowed; otherwise null.</param>
/// <param name="Remedy">The advice if it is not allowed; null if there is none.</param>
public sealed record CaaVerdict(bool IsAllowed, string? Reason = null, Remedy? Remedy = null);

/// <summary>Evaluates CAA records.</summary>
public static class CaaPolicy
{
    // CAs know the contact and mail properties, which do not affect TLS certificates.
    private static readonly string[] KnownTags = ["issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone"];

    /// <summary>
    /// Evaluates a request as the CA does (RFC 8659 sections 4.1 to 4.3; RFC 8657 sections 3 and 4 for the parameters
    /// <c>accounturi</c> and <c>validationmethods</c>).
    /// </summary>
    public static CaaVerdict Evaluate(CaaRecordSet set, CaaRequest request)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(request);
        if (set.LookupError is { } error)
        {
            return Forbid($"The CAA records of '{set.FoundAt}' cannot be looked up, so no CA issues: {error}.");
        }

        if (set.Records.FirstOrDefault(r => r.IsCritical && !KnownTags.Contains(r.Tag, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            return Forbid(
                $"The CAA record {unknown} of '{set.FoundAt}' is critical and its property is unknown, so no CA is allowed to issue.",
                "Remove it.");
        }

        var (tag, applying) = SelectApplicable(set.Records, request.IsWildcard);
        if (applying.Count == 0)
        {
            return new CaaVerdict(true);
        }

        var objections = applying.Select(r => Objection(r, request)).ToList();
        if (objections.Contains(null))
        {
            return new CaaVerdict(true);
        }

        var reason = $"The CAA records of '{set.FoundAt}' do not allow it: {string.Join("; ", objections)}.";
        return request.Identities.Count > 0
            ? Forbid(reason, $"Add the record: {set.FoundAt} CAA 0 {tag} \"{request.Identities[0]}\"")
            : Forbid($"{reason} The CA does not publish its name for CAA records.");
    }

    // For wildcards, issuewild replaces issue if there is one. It does not apply to other names.
    private static (string Tag, List<CaaRecord> Records) SelectApplicable(IReadOnlyList<CaaRecord> records, bool isWildcard)
    {
        var wild = WithTag(records, "issuewild");
        return isWildcard && wild.Count > 0 ? ("issuewild", wild) : ("issue", WithTag(records, "issue"));
    }

    private static List<CaaRecord> WithTag(IReadOnlyList<CaaRecord> records, string tag) =>
        [.. records.Where(r => r.Tag.Equals(tag, StringComparison.OrdinalIgnoreCase))];

    // Returns null if the record allows it.
    private static string? Objection(CaaRecord record, CaaRequest request)
    {
        var value = CaaIssueValue.Parse(record.Value);
        if (value.Issuer is not { } issuer)
        {
            return $"{record} allows no CA";
        }

        if (!request.Identities.Contains(issuer, StringComparer.OrdinalIgnoreCase))
        {
            return $"{record} is for another CA";
        }

        var accounts = value.Get("accounturi");
        if (accounts.Count > 1 || (accounts.Count == 1 && accounts[0] != request.AccountUrl))
        {
            return request.AccountUrl is null
                ? $"{record} requires an existing account"
                : $"{record} is not for the account {request.AccountUrl}";
        }

        var methods = value.Get("validationmethods");
        return methods.Count > 1 || (methods.Count == 1 && !methods[0].Split(',').Contains(request.ChallengeType, StringComparer.Ordinal))
            ? $"{record} does not allow {request.ChallengeType}"
            : null;
    }

    private static CaaVerdict Forbid(string reason, string? remedy = null) => new(false, reason, remedy);
}
