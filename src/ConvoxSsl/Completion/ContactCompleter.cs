using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes contacts from the accounts of a local rack.</summary>
public sealed class ContactCompleter : ArgumentCompleterBase
{
    private const string Scheme = "mailto:";

    /// <summary>Lists the contacts of an account, email addresses without their scheme.</summary>
    internal static string ListAddresses(AccountRecord account) => string.Join(", ", account.Contact.Select(RemoveScheme));

    private protected override IEnumerable<Candidate> Find(CompletionRequest request) => request.ReadFromRack(FindAsync);

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var account in rack.Accounts.ListAsync(null, ct))
        {
            foreach (var contact in account.Contact)
            {
                yield return new Candidate(RemoveScheme(contact), $"contact of the account at {account.DirectoryUrl.Authority}");
            }
        }
    }

    private static string RemoveScheme(string contact) =>
        contact.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? contact[Scheme.Length..] : contact;
}
