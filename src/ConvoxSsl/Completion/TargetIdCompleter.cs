using System.Globalization;
using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes the numbers of a local rack's certificate targets, with their certificates and places as tool tips.</summary>
public sealed class TargetIdCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) => request.ReadFromRack(FindAsync);

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var target in await rack.Targets.ListAsync(ct))
        {
            var place = target.Files is { } files ? TargetFileSet.GetPlace(files) : target.Kind.ToString();
            yield return new Candidate(
                target.Id.ToString(CultureInfo.InvariantCulture), $"{target.Domain ?? target.Certificate}: {place}");
        }
    }
}
