using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>Which limit a CA means when it refuses: Let's Encrypt links to its description, and names what was counted in quotes.</summary>
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

    /// <summary>What was refused, of all that the order counts under; empty where the CA does not tell.</summary>
    public static IReadOnlyList<LimitSubject> FindSubjects(AcmeProblem problem, IReadOnlyList<LimitSubject> subjects)
    {
        var text = $"{problem.Detail} {problem.Instance}";
        if (Anchors.Where(a => text.Contains(a.Anchor, StringComparison.OrdinalIgnoreCase)).Select(a => (LimitKind?)a.Limit).FirstOrDefault() is not { } limit)
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
