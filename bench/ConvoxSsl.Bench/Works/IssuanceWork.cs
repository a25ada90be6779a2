using ConvoxSsl.Bench.Peers;

namespace ConvoxSsl.Bench.Works;

/// <summary>One certificate, issued by a process that starts for it.</summary>
/// <param name="Title">Its name in the table.</param>
/// <param name="Proof">How.</param>
/// <param name="Names">How many names it has.</param>
/// <param name="NewAccount">Whether the account is made too.</param>
internal sealed record IssuanceWork(string Title, Proof Proof, int Names = 1, bool NewAccount = false)
{
    public const string Existing = "one certificate, existing account";
    public const string New = "one certificate, new account";
    public const string ManyNames = "one certificate with 100 names";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IssuanceWork> All { get; } =
    [
        new(New, Proof.Http01, NewAccount: true),
        new(Existing, Proof.Http01),
        new(ManyNames, Proof.Http01, Names: 100),
    ];
}
