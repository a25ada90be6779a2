using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// certificates/&lt;id&gt;: certificate.json, versions/&lt;n&gt; and live. A version is written whole under another
/// name first, and certificate.json tells of it before <c>live</c> points to it; a kill in between leaves the version
/// before in use, and something for the next writer to clean up.
/// </summary>
internal sealed class LocalCertificateStore(string root) : ICertificateStore
{
    private const int MostReads = 20;

    private readonly string _folder = Path.Combine(root, "certificates");
    private readonly KnownNames _names = new();

    public async IAsyncEnumerable<CertificateEntry> ListAsync(Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await RackFormat.RequireReadableAsync(root, ct).ConfigureAwait(false);
        await foreach (var entry in ReadAhead.InOrderAsync(Ids(), ReadEntryAsync, onDamaged, ct).ConfigureAwait(false))
        {
            yield return entry;
        }
    }

    public async IAsyncEnumerable<string> ListIdsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await RackFormat.RequireReadableAsync(root, ct).ConfigureAwait(false);
        foreach (var id in Ids())
        {
            yield return id;
        }
    }

    public async IAsyncEnumerable<CertificateEntry> ListForAsync(CertificateNameSet names, bool generated, [EnumeratorCancellation] CancellationToken ct)
    {
        await RackFormat.RequireReadableAsync(root, ct).ConfigureAwait(false);

        // What a CA made has the id that its names give in the order in which they were given, and one name has but one order.
        var ids = generated && names.Count == 1 ? [names.ToCertificateId()] : _names.Candidates(Ids(), names);
        await foreach (var entry in ReadAhead.InOrderAsync(ids, ReadEntryAsync, null, ct).ConfigureAwait(false))
        {
            _names.Learn(entry.Record.Id, entry.Record.Domains);
            if (entry.Record.IsMadeFor(names, generated))
            {
                yield return entry;
            }
        }
    }

    public async Task<CertificateEntry?> FindAsync(string id, CancellationToken ct)
    {
        CertificateId.Require(id);
        await RackFormat.RequireReadableAsync(root, ct).ConfigureAwait(false);
        return await ReadEntryAsync(id, ct).ConfigureAwait(false);
    }

    public async Task<CertificateWithKey> ReadAsync(string id, int version, CancellationToken ct)
    {
        var directory = VersionDirectory(CertificateId.Require(id), version);
        var chain = await AtomicFile.TryReadAsync(Path.Combine(directory, "fullchain.pem"), ct).ConfigureAwait(false)
            ?? throw new EngineException(ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"This rack has no version {version} of certificate '{id}'.", id);
        var key = await AtomicFile.TryReadAsync(Path.Combine(directory, "privkey.pem"), ct).ConfigureAwait(false);
        try
        {
            return new CertificateWithKey(
                CertificateChain.FromPem(Encoding.ASCII.GetString(chain)),
                key is null ? null : PrivateKey.FromPem(Encoding.ASCII.GetString(key)));
        }
        catch (InvalidInputException e)
        {
            throw Damaged(id, $"version {version} can't be read: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public async Task<CertificateEntry> AddVersionAsync(
        CertificateRecord certificate, CertificateWithKey material, DateTimeOffset stored, DateTimeOffset renewAfter, int keepVersions, CancellationToken ct)
    {
        var id = CertificateId.Require(certificate.Id);
        var known = await ReadEntryAsync(id, ct).ConfigureAwait(false);
        PrivateDirectory.Create(VersionsDirectory(id));
        RemoveLeftovers(id, known);
        if (known is not null && await FindSameAsync(known, material, ct).ConfigureAwait(false) is { } there)
        {
            return await MakeLiveAsync(certificate, known with { Versions = [.. known.Versions.Where(v => v != there)] }, there, keepVersions, ct).ConfigureAwait(false);
        }

        var number = 1 + (known?.Versions.Max(v => v.Number) ?? 0);
        await WriteVersionAsync(id, number, material, ct).ConfigureAwait(false);
        var added = new CertificateVersion
        {
            Number = number,
            NotBefore = material.Chain.Leaf.NotBefore.ToUniversalTime(),
            Expires = material.Chain.Leaf.NotAfter.ToUniversalTime(),
            RenewAfter = renewAfter,
            SerialNumber = material.Chain.Leaf.SerialNumber,
            Thumbprint = material.Chain.Leaf.Thumbprint,
            KeyAlgorithm = material.Chain.LeafKeyAlgorithm(),
            Stored = stored,
            RenewalId = RenewalIdentifier.FromCertificate(material.Chain.Leaf),
        };
        return await MakeLiveAsync(certificate, known, added, keepVersions, ct).ConfigureAwait(false);
    }

    public async Task<CertificateEntry> UpdateAsync(CertificateEntry certificate, CancellationToken ct)
    {
        await WriteFileAsync(CertificateId.Require(certificate.Record.Id), certificate.Record, certificate.Versions, ct).ConfigureAwait(false);
        return certificate;
    }

    public async Task<CertificateEntry> SwitchAsync(string id, int version, CancellationToken ct)
    {
        var known = await FindAsync(id, ct).ConfigureAwait(false);
        if (known is null || known.Versions.All(v => v.Number != version) || !Directory.Exists(VersionDirectory(id, version)))
        {
            throw new EngineException(ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"This rack has no version {version} of certificate '{id}'.", id);
        }

        await LiveVersion.SwitchAsync(DirectoryOf(id), version, ct).ConfigureAwait(false);
        return Entry(known.Record, known.Versions, version);
    }

    public async Task RemoveLeftoversAsync(string id, CancellationToken ct)
    {
        if (await ReadEntryAsync(CertificateId.Require(id), ct).ConfigureAwait(false) is { } known)
        {
            RemoveLeftovers(id, known);
        }
    }

    public Task RemoveAsync(string id, CancellationToken ct)
    {
        PrivateDirectory.Remove(DirectoryOf(CertificateId.Require(id)));
        return Task.CompletedTask;
    }

    private async Task<CertificateEntry?> ReadEntryAsync(string id, CancellationToken ct)
    {
        // A writer may switch between the two looks, and drop the version that was live from the file. Where the link
        // still points to it then, nobody wrote.
        for (var attempt = 1; ; attempt++)
        {
            var live = LiveVersion.Read(DirectoryOf(id));
            if (await ReadFileAsync(id, ct).ConfigureAwait(false) is not { } file)
            {
                return null;
            }

            if (live is { } number && file.Versions.Any(v => v.Number == number))
            {
                return Entry(file.Certificate, file.Versions, number);
            }

            if (attempt == MostReads || LiveVersion.Read(DirectoryOf(id)) == live)
            {
                var kept = string.Join(", ", file.Versions.Select(v => v.Number));
                throw Damaged(id, $"its link 'live' names none of its versions ({kept}); point it to one of them", null);
            }

            await Task.Delay(attempt, ct).ConfigureAwait(false);
        }
    }

    private async Task<CertificateFile?> ReadFileAsync(string id, CancellationToken ct)
    {
        if (await AtomicFile.TryReadAsync(FileOf(id), ct).ConfigureAwait(false) is not { } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.CertificateFile) is { Certificate: { } certificate, Versions.Count: > 0 } file && certificate.Id == id
                ? file
                : throw Damaged(id, "certificate.json does not describe it", null);
        }
        catch (JsonException e)
        {
            throw Damaged(id, $"certificate.json can't be read: {e.Message}", e);
        }
    }

    /// <summary>The version with that chain and key, where a run was killed between storing it and making it live.</summary>
    private async Task<CertificateVersion?> FindSameAsync(CertificateEntry known, CertificateWithKey material, CancellationToken ct)
    {
        if (known.Versions.LastOrDefault(v => v.Number > known.LiveVersion && v.Thumbprint == material.Chain.Leaf.Thumbprint) is not { } same)
        {
            return null;
        }

        using var stored = await ReadAsync(known.Record.Id, same.Number, ct).ConfigureAwait(false);
        return stored.Chain.FullPem() == material.Chain.FullPem() && stored.Key?.ToPem() == material.Key?.ToPem() ? same : null;
    }

    private async Task WriteVersionAsync(string id, int number, CertificateWithKey material, CancellationToken ct)
    {
        var directory = VersionDirectory(id, number);
        var unfinished = directory + AtomicFile.UnfinishedSuffix;
        PrivateDirectory.Create(unfinished);
        try
        {
            var archive = Task.FromResult(Array.Empty<byte>());
            if (material.Key is { } key)
            {
                await WriteAsync("privkey.pem", key.ToPem()).ConfigureAwait(false);

                // Some milliseconds of hashing, while the disk has its own to do.
                archive = Task.Run(() => Pfx.WriteOpen(material.Chain, key), ct);
            }

            await WriteAsync("cert.pem", material.Chain.LeafPem()).ConfigureAwait(false);
            await WriteAsync("chain.pem", material.Chain.IssuersPem()).ConfigureAwait(false);
            await WriteAsync("fullchain.pem", material.Chain.FullPem()).ConfigureAwait(false);
            if (await archive.ConfigureAwait(false) is { Length: > 0 } pfx)
            {
                await AtomicFile.CreatePrivateAsync(Path.Combine(unfinished, "fullchain.pfx"), pfx, ct).ConfigureAwait(false);
            }

            NativeFileSystem.FlushDirectory(unfinished);
            FailPoint.Disk("move directory", directory);
            Directory.Move(unfinished, directory);
        }
        catch
        {
            PrivateDirectory.Remove(unfinished);
            throw;
        }

        NativeFileSystem.FlushDirectory(VersionsDirectory(id));

        Task WriteAsync(string name, string pem) => AtomicFile.CreatePrivateAsync(Path.Combine(unfinished, name), Encoding.ASCII.GetBytes(pem), ct);
    }

    private async Task<CertificateEntry> MakeLiveAsync(
        CertificateRecord certificate, CertificateEntry? known, CertificateVersion added, int keepVersions, CancellationToken ct)
    {
        var id = certificate.Id;
        List<CertificateVersion> all = [.. known?.Versions ?? [], added];
        if (known is null)
        {
            // Without certificate.json there is no certificate yet, so here the link may come first.
            await LiveVersion.SwitchAsync(DirectoryOf(id), added.Number, ct).ConfigureAwait(false);
            await WriteFileAsync(id, certificate, all, ct).ConfigureAwait(false);
            return Entry(certificate, all, added.Number);
        }

        await WriteFileAsync(id, certificate, all, ct).ConfigureAwait(false);

        // From here on nothing may stop it half way: the file tells of the new version already.
        await LiveVersion.SwitchAsync(DirectoryOf(id), added.Number, CancellationToken.None).ConfigureAwait(false);
        var dropped = all.SkipLast(keepVersions).ToList();
        if (dropped.Count > 0)
        {
            all = [.. all.Except(dropped)];
            await WriteFileAsync(id, certificate, all, CancellationToken.None).ConfigureAwait(false);
            dropped.ForEach(v => PrivateDirectory.Remove(VersionDirectory(id, v.Number)));
        }

        return Entry(certificate, all, added.Number);
    }

    /// <summary>What a killed writer left: unfinished files, and versions that no file tells of.</summary>
    private void RemoveLeftovers(string id, CertificateEntry? known)
    {
        PrivateDirectory.RemoveLeftovers(_folder);
        PrivateDirectory.RemoveLeftovers(DirectoryOf(id));
        PrivateDirectory.RemoveLeftovers(VersionsDirectory(id));
        foreach (var directory in Directory.GetDirectories(VersionsDirectory(id)))
        {
            if (known is null || known.Versions.All(v => $"{v.Number}" != Path.GetFileName(directory)))
            {
                PrivateDirectory.Remove(directory);
            }
        }
    }

    private Task WriteFileAsync(string id, CertificateRecord certificate, IReadOnlyList<CertificateVersion> versions, CancellationToken ct) =>
        AtomicFile.WritePrivateAsync(
            FileOf(id), JsonSerializer.SerializeToUtf8Bytes(new CertificateFile(certificate, versions), LocalRackJson.Default.CertificateFile), ct);

    private string[] Ids() => Directory.Exists(_folder)
        ? [.. Directory.GetDirectories(_folder).Select(d => Path.GetFileName(d)).Where(CertificateId.IsValid).Order(StringComparer.Ordinal)]
        : [];

    private CertificateEntry Entry(CertificateRecord certificate, IReadOnlyList<CertificateVersion> versions, int live) =>
        new() { Record = certificate, Versions = versions, LiveVersion = live, Path = VersionDirectory(certificate.Id, live) };

    private string DirectoryOf(string id) => Path.Combine(_folder, id);

    private string FileOf(string id) => Path.Combine(_folder, id, "certificate.json");

    private string VersionsDirectory(string id) => Path.Combine(_folder, id, "versions");

    private string VersionDirectory(string id, int version) => Path.Combine(_folder, id, "versions", $"{version}");

    private EngineException Damaged(string id, string why, Exception? cause) => new(
        ErrorCode.CertificateDamaged,
        EngineErrorKind.InvalidData,
        $"Certificate '{id}' in '{DirectoryOf(id)}' is damaged: {why}. Restore that directory from a backup, or remove it and issue anew.",
        id,
        cause);
}
