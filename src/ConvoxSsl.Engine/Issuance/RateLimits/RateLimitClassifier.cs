using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>
/// Finds the rate limit that a CA's refusal is about. Let's Encrypt links to the limit's description and quotes its subject.
/// </summary>
internal static class RateLimitClassifier
{
    private static readonly (string Anchor, LimitKind Limit)[] Anchors =
    [
        ("#new-orders-per-account", LimitKind.NewOrders),
        ("#new-certificates-per-registered-domain", LimitKind.RegisteredDomain),
        ("#new-certificates-per-exact-set-of-", LimitKind.ExactSet),
        ("#authorization-failures-per-", LimitKind.FailedAuthorizations),
        ("#consecutive-authorization-failures-per-", LimitKind.FailedAuthorizations),
    ];

    /// <summary>Returns the subjects of the order that the refusal is about; none if the CA does not say.</summary>
    public static IReadOnlyList<LimitSubject> FindSubjects(AcmeProblem problem, IReadOnlyList<LimitSubject> subjects)
    {
        var text = $"{problem.Detail} {problem.Instance}";
        var refusedLimit = Anchors
            .Where(anchor => text.Contains(anchor.Anchor, StringComparison.OrdinalIgnoreCase))
            .Select(anchor => (LimitKind?)anchor.Limit)
            .FirstOrDefault();
        if (refusedLimit is not { } limit)
        {
            return [];
        }

        var candidates = subjects.Where(s => s.Limit == limit).ToList();
        return candidates.Count == 1 ? candidates : [.. candidates.Where(c => IsNamed(problem, c.Text))];
    }

    private static bool IsNamed(AcmeProblem problem, string text) =>
        problem.Detail?.Contains($"\"{text}\"", StringComparison.OrdinalIgnoreCase) == true
        || problem.Identifier?.Value.Equals(text, StringComparison.OrdinalIgnoreCase) == true
        || problem.Subproblems?.Any(p => IsNamed(p, text)) == true;
}
