using System.Collections.ObjectModel;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The ACME accounts of a rack, one per directory. Writers hold the lock of the account.</summary>
public interface IAccountStore
{
    /// <summary>Lists all accounts. Damaged ones are reported to <paramref name="onDamaged"/> and skipped.</summary>
    IAsyncEnumerable<AccountRecord> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct);

    /// <summary>Finds the account at a CA; null if there is none.</summary>
    Task<AccountRecord?> FindAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>Reads the account's key.</summary>
    /// <exception cref="EngineException"><c>AccountNotFound</c>: there is no account at that CA; <c>AccountDamaged</c>.</exception>
    Task<PrivateKey> ReadKeyAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>Reads the new key of an unfinished key rollover; null if there is none.</summary>
    Task<PrivateKey?> ReadNextKeyAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>Stores an account and its key. Writes the key first.</summary>
    Task SaveAsync(AccountRecord account, PrivateKey key, CancellationToken ct);

    /// <summary>Updates an account and keeps its key.</summary>
    Task UpdateAsync(AccountRecord account, CancellationToken ct);

    /// <summary>Stores the new key of a key rollover beside the current key.</summary>
    Task SaveNextKeyAsync(Uri directoryUrl, PrivateKey nextKey, CancellationToken ct);

    /// <summary>Replaces the current key by the stored new key, atomically.</summary>
    Task PromoteNextKeyAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>Deletes the stored new key.</summary>
    Task DropNextKeyAsync(Uri directoryUrl, CancellationToken ct);

    /// <summary>Removes an account and its key if they exist.</summary>
    Task RemoveAsync(Uri directoryUrl, CancellationToken ct);
}

/// <summary>An ACME account in a rack.</summary>
public sealed record AccountRecord
{
    private static readonly IReadOnlyDictionary<string, string> NoProfiles = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The CA's directory.</summary>
    public required Uri DirectoryUrl { get; init => field = JsonGuard.Url(value); }

    /// <summary>The account's URL; null until the CA has returned it.</summary>
    public Uri? Url { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>The contact URLs, such as <c>mailto:</c> URLs.</summary>
    public IReadOnlyList<string> Contact { get; init => field = JsonGuard.Items(value ?? []); } = [];

    /// <summary>True if the user accepted the CA's terms of service.</summary>
    public bool TermsOfServiceAgreed { get; init; }

    /// <summary>The key id of the external account that it is bound to; null if there is none.</summary>
    public string? ExternalAccountKeyId { get; init; }

    /// <summary>The root certificate (PEM) that authenticates the CA's endpoint; null for the system's trust.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The profiles that the CA's directory last listed, with their descriptions.</summary>
    public IReadOnlyDictionary<string, string> Profiles { get; init => field = value ?? NoProfiles; } = NoProfiles;

    /// <summary>The time at which it was created.</summary>
    public required DateTimeOffset Created { get; init; }
}
