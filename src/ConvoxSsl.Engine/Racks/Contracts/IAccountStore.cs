using System.Collections.ObjectModel;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The ACME accounts of a rack, one for each directory. Writers hold the lock of the account.</summary>
public interface IAccountStore
{
    /// <summary>All accounts. One that can't be read is reported to <paramref name="onDamaged"/> and left out.</summary>
    IAsyncEnumerable<AccountRecord> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct);

    /// <summary>The account at a CA, or null.</summary>
    Task<AccountRecord?> FindAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>The account's key.</summary>
    /// <exception cref="EngineException"><c>AccountNotFound</c>: there is no account at that CA; <c>AccountDamaged</c>.</exception>
    Task<PrivateKey> ReadKeyAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>The key that a change of keys has begun to put in force, or null.</summary>
    Task<PrivateKey?> ReadNextKeyAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>Stores an account with its key: the key first.</summary>
    Task SaveAsync(AccountRecord account, PrivateKey key, CancellationToken ct);

    /// <summary>Replaces what is recorded about an account; its key stays.</summary>
    Task UpdateAsync(AccountRecord account, CancellationToken ct);

    /// <summary>Stores the key that is about to be put in force beside the one that is.</summary>
    Task SaveNextKeyAsync(Uri directoryUrl, PrivateKey nextKey, CancellationToken ct);

    /// <summary>Puts the stored next key in the place of the key, in one step.</summary>
    Task PromoteNextKeyAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>Drops the stored next key.</summary>
    Task DropNextKeyAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>Removes an account with its key; one that is gone already is no error.</summary>
    Task RemoveAsync(Uri directoryUrl, CancellationToken ct);
}

/// <summary>An ACME account as a rack remembers it.</summary>
public sealed record AccountRecord
{
    /// <summary>The CA's directory.</summary>
    public required Uri DirectoryUrl { get; init => field = JsonGuard.Url(value); }

    /// <summary>The account's URL; null until the CA has confirmed it.</summary>
    public Uri? Url { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>Contact URLs, such as <c>mailto:</c> ones.</summary>
    public IReadOnlyList<string> Contact { get; init => field = JsonGuard.Items(value ?? []); } = [];

    /// <summary>Whether the user accepted the CA's terms.</summary>
    public bool TermsOfServiceAgreed { get; init; }

    /// <summary>The key id of the external account, where it is bound to one.</summary>
    public string? ExternalAccountKeyId { get; init; }

    /// <summary>The PEM of the root that the CA's endpoint is trusted by; null for the system's.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The profiles that the CA's directory listed last, with their descriptions.</summary>
    public IReadOnlyDictionary<string, string> Profiles { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }
}
