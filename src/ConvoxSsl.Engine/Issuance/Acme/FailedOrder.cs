using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.RateLimits;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Finds out why an order became invalid: its authorizations know, by name.</summary>
internal sealed class FailedOrder(AcmeSession session, CountedOrder counted, TimeProvider time)
{
    private const int MostLooks = 4;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    /// <summary>The errors of the challenges, which are counted against the CA's limits.</summary>
    public async Task<AcmeException> ExplainAsync(AcmeOrder order, IReadOnlyList<Uri> authorizations, CancellationToken ct)
    {
        var problems = new List<AcmeProblem>();
        foreach (var authorization in await ReadSettledAsync(authorizations, ct).ConfigureAwait(false))
        {
            if (authorization.Challenges.FirstOrDefault(c => c.Error is not null)?.Error is { } error)
            {
                problems.Add(error with { Identifier = error.Identifier ?? authorization.Identifier });
            }
        }

        await counted.FailedAsync(session.Account.Url, [.. problems.Select(p => p.Identifier!.Value)]).ConfigureAwait(false);
        return problems switch
        {
            [] => new AcmeException(order.Error ?? AcmeProblem.Create(AcmeProblemType.OrderInvalid, "it gave no reason"), order.Url),
            [var only] => new AcmeException(only with { Detail = $"{only.Identifier}: {only.Detail}" }, order.Url),
            _ => new AcmeException(problems[0] with { Detail = $"{problems.Count} names could not be validated", Identifier = null, Subproblems = problems }, order.Url),
        };
    }

    // The first name that fails makes the order invalid, while the CA may still look at the others. Some CAs leave those pending.
    private async Task<IReadOnlyList<AcmeAuthorization>> ReadSettledAsync(IReadOnlyList<Uri> urls, CancellationToken ct)
    {
        var read = new AcmeAuthorization?[urls.Count];
        for (var look = 1; ; look++)
        {
            for (var i = 0; i < read.Length; i++)
            {
                read[i] = read[i] is null or { Status: AcmeAuthorizationStatus.Pending } ? await session.GetAuthorizationAsync(urls[i], ct).ConfigureAwait(false) : read[i];
            }

            if (look == MostLooks || read.All(a => a!.Status != AcmeAuthorizationStatus.Pending))
            {
                return read!;
            }

            await Task.Delay(BetweenLooks, time, ct).ConfigureAwait(false);
        }
    }
}
