using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>Certificates: download, revocation and renewal information (RFC 8555 sections 7.4.2 and 7.6, RFC 9773).</summary>
internal sealed class CertificateResource(CaState state)
{
    private static readonly int[] Reasons = [0, 1, 3, 4, 5];

    public CaResponse Download(SignedRequest request, string url, int part)
    {
        request.RequirePostAsGet();
        var certificate = state.Certificates.GetValueOrDefault(url);
        if (certificate is null || part >= certificate.Chains.Count || part < 0)
        {
            throw new RejectedException(404, "malformed", "There is no such certificate");
        }

        request.RequireOwner(certificate.Account);
        var response = CaResponse.Text(certificate.Chains[part], "application/pem-certificate-chain");
        foreach (var other in Enumerable.Range(0, certificate.Chains.Count).Where(other => other != part))
        {
            response = response.With("Link", $"<{(other == 0 ? url : $"{url}/{other}")}>;rel=\"alternate\"");
        }

        return response;
    }

    public CaResponse Revoke(SignedRequest request)
    {
        var document = request.Document;
        var der = Decode((string?)document["certificate"]);
        var certificate = state.Certificates.Values.FirstOrDefault(c => c.Certificate.RawDataMemory.Span.SequenceEqual(der))
            ?? throw new RejectedException(404, "malformed", "The certificate is not from here");
        var reason = (int?)document["reason"] ?? 0;
        if (!Reasons.Contains(reason))
        {
            throw new RejectedException(400, "badRevocationReason", $"The reason {reason} is not taken");
        }

        if (!MayRevoke(request, certificate))
        {
            throw new RejectedException(
                403,
                "unauthorized",
                "Neither the certificate's account, nor its key, nor one with authorizations for all its names (RFC 8555 section 7.6)");
        }

        if (certificate.Revoked is not null)
        {
            throw new RejectedException(400, "alreadyRevoked", "The certificate was revoked before");
        }

        state.Certificates[certificate.Url] = certificate with { Revoked = state.Now, RevocationReason = reason };
        return new CaResponse();
    }

    public CaResponse RenewalInfo(string id)
    {
        var certificate = state.Certificates.Values.FirstOrDefault(c => c.RenewalId == id)
            ?? throw new RejectedException(404, "malformed", "The certificate is not from here");
        var (start, end) = certificate.Revoked is null
            ? state.Options.RenewalWindow?.Invoke(certificate.Certificate) ?? LastThird(certificate)
            : (state.Now.AddHours(-2), state.Now.AddHours(-1));
        var document = new JsonObject
        {
            ["suggestedWindow"] = new JsonObject { ["start"] = CaState.Stamp(start), ["end"] = CaState.Stamp(end) },
        };
        if (state.Options.RenewalExplanation is { } explanation)
        {
            document["explanationURL"] = explanation;
        }

        return CaResponse.Json(document).RetryAfter(state.Options.RenewalInfoRetryAfter);
    }

    private bool MayRevoke(SignedRequest request, CaCertificate certificate)
    {
        if (request.Account is not { } account)
        {
            return request.Key.SubjectPublicKeyInfo.AsSpan().SequenceEqual(certificate.Certificate.PublicKey.ExportSubjectPublicKeyInfo());
        }

        return account.Url == certificate.Account || certificate.Names.All(name => state.Authorizations.Values.Select(state.Settle).Any(
            a => a.Account == account.Url && a.Status == "valid" && (a.Wildcard ? "*." : string.Empty) + a.Identifier.Value == name));
    }

    private static (DateTimeOffset Start, DateTimeOffset End) LastThird(CaCertificate certificate)
    {
        var (begin, end) = (new DateTimeOffset(certificate.Certificate.NotBefore), new DateTimeOffset(certificate.Certificate.NotAfter));
        var middle = end - ((end - begin) / 3);
        return (middle.AddDays(-1), middle.AddDays(1));
    }

    private static byte[] Decode(string? text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            throw new RejectedException(400, "malformed", "The certificate is not base64url");
        }
    }
}
