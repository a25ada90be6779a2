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
/// Stores certificates in certificates/&lt;id&gt;: certificate.json, versions/&lt;n&gt; and live. A version is written under a
/// temporary name, then recorded in certificate.json, then made live. If the process is killed in between, the previous
/// version stays in use and the next writer cleans up.
/// </summary>
internal sealed class LocalCertificateStore(RackDirectory rack) : ICertificateStore
{
    private const int MaxReads = 20;

    private readonly string _folder = Path.Combine(rack.Location, "certificates");
    private readonly KnownNames _names = new();

    public async IAsyncEnumerable<CertificateEntry> ListAsync(
        Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        await foreach (var entry in ReadAhead.InOrderAsync(Ids(), ReadEntryAsync, onDamaged, ct).ConfigureAwait(false))
        {
            yield return entry;
        }
    }

    public async IAsyncEnumerable<string> ListIdsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        foreach (var id in Ids())
        {
            yield return id;
        }
    }

    // The id of a generated certificate is the hash of its names in their order, and a single name has only one order.
    public IAsyncEnumerable<CertificateEntry> ListForAsync(CertificateNameSet names, bool generated, CancellationToken ct) => FilterAsync(
        () => generated && names.Count == 1 ? [names.ToCertificateId()] : _names.Candidates(Ids(), names),
        record => record.IsMadeFor(names, generated),
        ct);

    public IAsyncEnumerable<CertificateEntry> ListImportedForAsync(CertificateNameSet names, CancellationToken ct) =>
        FilterAsync(() => _names.Candidates(Ids(), names), record => record.IsImportedFor(names), ct);

    public async Task<CertificateEntry?> FindAsync(string id, CancellationToken ct)
    {
        CertificateId.Require(id);
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        return await ReadEntryAsync(id, ct).ConfigureAwait(false);
    }

    public async Task<CertificateWithKey> ReadAsync(string id, int version, CancellationToken ct)
    {
        var directory = VersionDirectory(CertificateId.Require(id), version);
        var chain = await AtomicFile.TryReadAsync(Path.Combine(directory, "fullchain.pem"), ct).ConfigureAwait(false)
            ?? throw NoVersion(id, version);
        var key = await AtomicFile.TryReadAsync(Path.Combine(directory, "privkey.pem"), ct).ConfigureAwait(false);
        try
        {
            return new CertificateWithKey(
                CertificateChain.FromPem(Encoding.UTF8.GetString(chain)),
                key is null ? null : PrivateKey.FromPem(Encoding.UTF8.GetString(key)));
        }
        catch (InvalidInputException e)
        {
            throw Damaged(id, $"version {version} cannot be read: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public async Task<CertificateEntry> AddVersionAsync(
        CertificateRecord certificate,
        CertificateWithKey material,
        DateTimeOffset stored,
        DateTimeOffset renewAfter,
        int keepVersions,
        CancellationToken ct)
    {
        var id = CertificateId.Require(certificate.Id);
        var existing = await ReadEntryAsync(id, ct).ConfigureAwait(false);
        PrivateDirectory.Create(VersionsDirectory(id));
        RemoveLeftovers(id, existing);
        if (existing is not null && await FindSameAsync(existing, material, ct).ConfigureAwait(false) is { } same)
        {
            return await MakeLiveAsync(
                certificate,
                existing with { Versions = [.. existing.Versions.Where(v => v != same)] },
                same,
                keepVersions,
                ct).ConfigureAwait(false);
        }

        var number = 1 + (existing?.Versions.Max(v => v.Number) ?? 0);
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
        return await MakeLiveAsync(certificate, existing, added, keepVersions, ct).ConfigureAwait(false);
    }

    public async Task<CertificateEntry> UpdateAsync(CertificateEntry certificate, CancellationToken ct)
    {
        await WriteFileAsync(
            CertificateId.Require(certificate.Record.Id), certificate.Record, certificate.Versions, ct).ConfigureAwait(false);
        return certificate;
    }

    public async Task<CertificateEntry> SwitchAsync(string id, int version, CancellationToken ct)
    {
        var existing = await FindAsync(id, ct).ConfigureAwait(false);
        if (existing is null || existing.Versions.All(v => v.Number != version) || !Directory.Exists(VersionDirectory(id, version)))
        {
            throw NoVersion(id, version);
        }

        await LiveVersion.SwitchAsync(DirectoryOf(id), version, ct).ConfigureAwait(false);
        return Entry(existing.Record, existing.Versions, version);
    }

    public async Task RemoveLeftoversAsync(string id, CancellationToken ct)
    {
        if (await ReadEntryAsync(CertificateId.Require(id), ct).ConfigureAwait(false) is { } existing)
        {
            RemoveLeftovers(id, existing);
        }
    }

    public Task RemoveAsync(string id, CancellationToken ct)
    {
        PrivateDirectory.Remove(DirectoryOf(CertificateId.Require(id)));
        return Task.CompletedTask;
    }

    private async IAsyncEnumerable<CertificateEntry> FilterAsync(
        Func<IReadOnlyList<string>> findIds, Func<CertificateRecord, bool> isIncluded, [EnumeratorCancellation] CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        await foreach (var entry in ReadAhead.InOrderAsync(findIds(), ReadEntryAsync, null, ct).ConfigureAwait(false))
        {
            _names.Learn(entry.Record.Id, entry.Record.Domains);
            if (isIncluded(entry.Record))
            {
                yield return entry;
            }
        }
    }

    private async Task<CertificateEntry?> ReadEntryAsync(string id, CancellationToken ct)
    {
        // Between the two reads, a writer may switch the live version and remove the old one from the file. If the link has
        // not changed, nobody wrote.
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

            if (attempt == MaxReads || LiveVersion.Read(DirectoryOf(id)) == live)
            {
                var kept = string.Join(", ", file.Versions.Select(v => v.Number));
                throw Damaged(id, $"its link 'live' names none of its versions ({kept}); link it to one of them", null);
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
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.CertificateFile) is
                { Certificate: { } certificate, Versions.Count: > 0 } file && certificate.Id == id
                ? file
                : throw Damaged(id, "certificate.json does not describe it", null);
        }
        catch (JsonException e)
        {
            throw Damaged(id, $"certificate.json cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Finds a stored version with that chain and key, which a killed process did not make live.</summary>
    private async Task<CertificateVersion?> FindSameAsync(CertificateEntry existing, CertificateWithKey material, CancellationToken ct)
    {
        if (existing.Versions.LastOrDefault(v => v.Number > existing.LiveVersion
            && v.Thumbprint == material.Chain.Leaf.Thumbprint) is not { } same)
        {
            return null;
        }

        using var stored = await ReadAsync(existing.Record.Id, same.Number, ct).ConfigureAwait(false);
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

                // Hash in parallel with the disk writes.
                archive = Task.Run(() => Pfx.Write(material.Chain, key, []), ct);
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

        Task WriteAsync(string name, string pem) =>
            AtomicFile.CreatePrivateAsync(Path.Combine(unfinished, name), Encoding.ASCII.GetBytes(pem), ct);
    }

    private async Task<CertificateEntry> MakeLiveAsync(
        CertificateRecord certificate, CertificateEntry? existing, CertificateVersion added, int keepVersions, CancellationToken ct)
    {
        var id = certificate.Id;
        List<CertificateVersion> all = [.. existing?.Versions ?? [], added];
        if (existing is null)
        {
            // Without certificate.json, no reader sees the certificate yet, so the link can come first.
            await LiveVersion.SwitchAsync(DirectoryOf(id), added.Number, ct).ConfigureAwait(false);
            await WriteFileAsync(id, certificate, all, ct).ConfigureAwait(false);
            return Entry(certificate, all, added.Number);
        }

        await WriteFileAsync(id, certificate, all, ct).ConfigureAwait(false);

        // Do not cancel from here on: the file already contains the new version.
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

    /// <summary>Removes what a killed writer left: unfinished files, and versions that are not recorded.</summary>
    private void RemoveLeftovers(string id, CertificateEntry? existing)
    {
        PrivateDirectory.RemoveLeftovers(_folder);
        PrivateDirectory.RemoveLeftovers(DirectoryOf(id));
        PrivateDirectory.RemoveLeftovers(VersionsDirectory(id));
        foreach (var directory in Directory.GetDirectories(VersionsDirectory(id)))
        {
            if (existing is null || existing.Versions.All(v => $"{v.Number}" != Path.GetFileName(directory)))
            {
                PrivateDirectory.Remove(directory);
            }
        }
    }

    private Task WriteFileAsync(
        string id, CertificateRecord certificate, IReadOnlyList<CertificateVersion> versions, CancellationToken ct) =>
        AtomicFile.WritePrivateAsync(
            FileOf(id),
            JsonSerializer.SerializeToUtf8Bytes(new CertificateFile(certificate, versions), LocalRackJson.Default.CertificateFile),
            ct);

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
        $"Certificate '{id}' in '{DirectoryOf(id)}' is damaged: {why}.",
        id,
        cause)
    {
        Remedy = "Restore that directory from a backup, or delete it and issue a new certificate.",
    };

        private static EngineException NoVersion(string id, int version) => new(
            ErrorCode.CertificateNotFound,
            EngineErrorKind.NotFound,
            $"Cannot find version {version} of certificate '{id}' on this rack.",
            id)
        {
            Remedy = null,
        };
}
