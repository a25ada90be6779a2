using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes contacts with those that a local rack's accounts have.</summary>
public sealed class ContactCompleter : ArgumentCompleterBase
{
    private const string Scheme = "mailto:";

    /// <summary>The contacts of an account, addresses without their scheme.</summary>
    internal static string Addresses(AccountRecord account) => string.Join(", ", account.Contact.Select(WithoutScheme));

    private protected override IEnumerable<Candidate> Find(CompletionRequest request) => request.ReadFromRack(FindAsync);

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var account in rack.Accounts.ListAsync(null, ct))
        {
            foreach (var contact in account.Contact)
            {
                yield return new Candidate(WithoutScheme(contact), $"contact of the account at {account.DirectoryUrl.Host}");
            }
        }
    }

    private static string WithoutScheme(string contact) => contact.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? contact[Scheme.Length..] : contact;
}
