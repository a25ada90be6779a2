using System.Globalization;
using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes the stored versions of the certificate in <c>-Id</c>, newest first.</summary>
public sealed class CertificateVersionCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        request.GetText("Id") is { } id ? request.ReadFromRack((rack, ct) => FindAsync(rack, id, ct)) : [];

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, string id, [EnumeratorCancellation] CancellationToken ct)
    {
        var certificate = await rack.Certificates.FindAsync(id, ct);
        foreach (var version in certificate?.Versions.OrderByDescending(v => v.Number) ?? Enumerable.Empty<CertificateVersion>())
        {
            yield return new Candidate(version.Number.ToString(CultureInfo.InvariantCulture), $"expires {version.Expires:u}");
        }
    }
}
