using System.Text.Json.Nodes;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>The faults of the table.</summary>
internal static class FaultKinds
{
    private const string Always = "-always";
    private const string Validation = "fails-";

    private static readonly string[] Urls = ["newNonce", "finalize", "certificate"];

    private static readonly Dictionary<string, Func<AcmeFault, AcmeFault>> Named = new()
    {
        ["reset"] = f => f.Reset(),
        ["lost"] = f => f.LoseResponse(),
        ["torn"] = f => f.Change(r => r with { IsCutOff = true }),
        ["empty"] = f => f.Change(r => r with { Body = string.Empty }),
        ["half"] = f => f.Change(r => r with { Body = r.Body[..(r.Body.Length / 2)] }),
        ["html"] = f => f.Change(r => r with { Body = "<html>Back soon</html>" }),
        ["list"] = f => f.Change(r => r with { Body = "[]" }),
        ["number"] = f => f.Change(r => r with { Body = """{"status":7}""" }),
        ["null"] = f => f.Change(r => r with { Body = "null" }),
        ["braces"] = f => f.Change(r => r with { Body = "{}" }),
        ["null-members"] = f => f.Change(r => r.Edit(d => d.Select(m => m.Key).ToList().ForEach(k => d[k] = null))),
        ["null-elements"] = f =>
            f.Change(
                r =>
                    r.Edit(
                        d =>
                            d.Where(m => m.Value is JsonArray).Select(m => m.Key).ToList().ForEach(
                                k => d[k] = new JsonArray((JsonNode?)null)))),
        ["plain"] = f => f.Change(r => r with { ContentType = "text/plain" }),
        ["endless"] = f => f.Change(r => r with { IsEndless = true }),
        ["no-nonce"] = f => f.Change(r => r.Without("Replay-Nonce")),
        ["no-location"] = f => f.Change(r => r.Without("Location")),
        ["http-url"] = f => f.Change(r => r.Edit(ToHttp)),
        ["502"] = f => f.Respond(CaResponse.Html(502)),
        ["500"] = f => f.Respond(CaResponse.Html(500)),
        ["503"] = f => f.Respond(CaResponse.Html(503)),
        ["504-done"] = f => f.Change(r => CaResponse.Html(504)),
        ["503-soon"] = f => f.Respond(CaResponse.Html(503).RetryAfter(5)),
        ["503-past"] = f => f.Respond(CaResponse.Html(503).With("Retry-After", "Sat, 01 Jan 2000 00:00:00 GMT")),
        ["503-unreadable"] = f => f.Respond(CaResponse.Html(503).With("Retry-After", "soon")),
        ["503-late"] = f => f.Respond(CaResponse.Html(503).RetryAfter(3600)),
        ["429-soon"] = f => f.Respond(CaResponse.Problem(429, "rateLimited").RetryAfter(7)),
        ["429-late"] = f => f.Respond(CaResponse.Problem(429, "rateLimited").RetryAfter(7200)),
        ["429"] = f => f.Problem(429, "rateLimited"),
        ["429-page"] = f => f.Respond(CaResponse.Html(429)),
        ["400-page"] = f => f.Respond(CaResponse.Html(400)),
        ["403-page"] = f => f.Respond(CaResponse.Html(403)),
        ["404-page"] = f => f.Respond(CaResponse.Html(404)),
        ["302"] = f => f.Respond(CaResponse.Redirect(302, "http://127.0.0.1/login")),
        ["307"] = f => f.Respond(CaResponse.Redirect(307, "http://127.0.0.1/login")),
        ["problem-half"] = f => f.Respond(CaResponse.Text("""{"type":"urn:""", "application/problem+json", 400)),
        ["problem-braces"] = f => f.Respond(CaResponse.Text("{}", "application/problem+json", 403)),
        ["problem-list"] = f => f.Respond(CaResponse.Text("[]", "application/problem+json", 400)),
        ["problem-null-members"] = f =>
            f.Respond(CaResponse.Text("""{"type":null,"detail":null,"subproblems":[null]}""", "application/problem+json", 400)),
        ["badNonce"] = f => f.Problem(400, "badNonce"),
        ["serverInternal"] = f => f.Problem(500, "serverInternal"),
        ["notFound"] = f => f.Problem(404, "malformed", "no such resource"),
        ["alreadyReplaced"] = f => f.Problem(409, "alreadyReplaced"),
        ["order-invalid"] = f => f.Change(r => r.Edit(o => o["status"] = "invalid")),
        ["order-unknown"] = f => f.Change(r => r.Edit(o => o["status"] = "weird")),
        ["order-pending"] = f => f.Change(r => r.Edit(o => o["status"] = "pending")),
        ["order-processing"] = f => f.Change(r => r.Edit(o => o["status"] = "processing")),
        ["order-wait-an-hour"] = f => f.Change(r => r.Edit(o => o["status"] = "pending").RetryAfter(3600)),
        ["order-wait-a-year"] = f => f.Change(r => r.Edit(o => o["status"] = "pending").RetryAfter(31_536_000)),
        ["processing"] = f => f.KeepProcessing(20),
        ["other-names"] = f =>
            f.Change(r => r.Edit(o => o["identifiers"]!.AsArray().Add(new CaIdentifier("dns", "evil.example.org").ToJson()))),
        ["other-authorization"] = f => f.Change(r => r.Edit(a => a["identifier"]!["value"] = "evil.example.org")),
        ["unsafe-token"] = f => f.Change(r => r.Edit(a => a["challenges"]![0]!["token"] = "../../etc/cron.d/evil")),
        ["no-challenges"] = f => f.Change(r => r.Edit(a => a["challenges"] = new JsonArray())),
        ["certificate-other-key"] = f => f.Issue(c => c.ForAnotherKey()),
        ["certificate-other-names"] = f => f.Issue(c => c with { Names = ["evil.example.org"] }),
    };

    /// <summary>Creates the fault of that name; an unlisted name is a problem type.</summary>
    public static AcmeFault Make(string name, AcmeResource resource, SkippingClock clock)
    {
        if (name.EndsWith(Always, StringComparison.Ordinal))
        {
            return Make(name[..^Always.Length], resource, clock).Always();
        }

        var fault = AcmeFault.On(resource);
        return name switch
        {
            "silent" => fault.Do((_, ended) => NeverRespondAsync(clock, ended)),
            "429-date" => fault.Respond(_ => CaResponse.Problem(429, "rateLimited").RetryAfter(clock.GetUtcNow().AddSeconds(42))),
            _ when name.StartsWith(Validation, StringComparison.Ordinal) => fault.FailValidation(name[Validation.Length..]),
            _ => Named.TryGetValue(name, out var make) ? make(fault) : fault.Problem(GetStatus(name), name),
        };
    }

    private static int GetStatus(string problem) =>
        problem is "malformed" or "accountDoesNotExist" or "badPublicKey" or "badSignatureAlgorithm" or "badCSR" or "alreadyRevoked"
            ? 400
            : 403;

    // Exceeds the client's timeout for one request.
    private static async Task NeverRespondAsync(SkippingClock clock, CancellationToken ended)
    {
        clock.Advance(TimeSpan.FromSeconds(31));
        await Task.Delay(Timeout.Infinite, ended);
    }

    private static void ToHttp(JsonObject document)
    {
        foreach (var name in Urls.Where(document.ContainsKey))
        {
            document[name] = UseHttp((string)document[name]!);
        }

        if (document["authorizations"] is JsonArray authorizations)
        {
            document["authorizations"] = new JsonArray([.. authorizations.Select(a => JsonValue.Create(UseHttp((string)a!)))]);
        }

        foreach (var challenge in document["challenges"] as JsonArray ?? [])
        {
            challenge!["url"] = UseHttp((string)challenge["url"]!);
        }
    }

    private static string UseHttp(string url) => url.Replace("https://", "http://", StringComparison.Ordinal);
}
