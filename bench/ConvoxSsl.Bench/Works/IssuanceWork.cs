using ConvoxSsl.Bench.Peers;

namespace ConvoxSsl.Bench.Works;

/// <summary>One certificate, issued by a fresh process.</summary>
/// <param name="Title">The name in the table.</param>
/// <param name="ChallengeKind">The challenge type.</param>
/// <param name="Names">The number of names.</param>
/// <param name="NewAccount">True if the work includes creating the account.</param>
internal sealed record IssuanceWork(string Title, ChallengeKind ChallengeKind, int Names = 1, bool NewAccount = false)
{
    public const string Existing = "one certificate, existing account";
    public const string New = "one certificate, new account";
    public const string ManyNames = "one certificate with 100 names";

    /// <summary>All works of this kind.</summary>
    public static IReadOnlyList<IssuanceWork> All { get; } =
    [
        new(New, ChallengeKind.Http01, NewAccount: true),
        new(Existing, ChallengeKind.Http01),
        new(ManyNames, ChallengeKind.Http01, Names: 100),
    ];
}
