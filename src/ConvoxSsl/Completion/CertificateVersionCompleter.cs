using System.Globalization;
using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Completion;

/// <summary>Completes the stored versions of the certificate in <c>-Id</c> or <c>-Domain</c>, newest first.</summary>
public sealed class CertificateVersionCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        FindQuery(request) is { } query ? request.ReadFromRack((rack, ct) => FindAsync(rack, query, ct)) : [];

    private static CertificateQuery? FindQuery(CompletionRequest request) =>
        request.GetText("Id") is { } id ? new CertificateQuery(id)
        : request.GetText("Domain") is { } domain ? new CertificateQuery(domain, isDomain: true)
        : null;

    private static async IAsyncEnumerable<Candidate> FindAsync(
        IRack rack, CertificateQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        var certificate = query.CanBeId ? await rack.Certificates.FindAsync(query.Text, ct) : null;
        if (certificate is null)
        {
            var index = new CertificateIndex();
            await foreach (var entry in rack.Certificates.ListAsync(null, ct))
            {
                index.Add(entry.Record.Id, entry.Record.Domains, entry.Record.Issuer);
            }

            certificate = await rack.Certificates.FindAsync(index.FindOne(query), ct);
        }

        foreach (var version in certificate?.Versions.OrderByDescending(v => v.Number) ?? Enumerable.Empty<CertificateVersion>())
        {
            yield return new Candidate(version.Number.ToString(CultureInfo.InvariantCulture), $"expires {version.Expires:u}");
        }
    }
}
