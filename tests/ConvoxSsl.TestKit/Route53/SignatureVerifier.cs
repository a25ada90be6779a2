using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ConvoxSsl.TestKit.Route53;

/// <summary>Verifies Signature Version 4 as AWS does: date, scope, signed headers, payload and key.</summary>
internal sealed class SignatureVerifier(TimeProvider time, Func<string, AwsIdentity?> find)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The signer.</summary>
    /// <exception cref="AwsErrorException">The signature is not valid.</exception>
    public AwsIdentity Verify(AwsRequest request, string service, string region)
    {
        var authorization = Parse(request);
        if (authorization.Scope is not [_, var day, var signedRegion, var signedService, "aws4_request"])
        {
            throw new AwsErrorException(400, "IncompleteSignature", "Credential should be scoped to five parts.");
        }

        var identity = find(authorization.Scope[0]) ?? throw InvalidToken();
        if (request.Headers.GetValueOrDefault("x-amz-security-token") != identity.SessionToken)
        {
            throw InvalidToken();
        }

        CheckScope(signedRegion, region, signedService, service);
        CheckDate(request, day);
        CheckHeaders(request, authorization.SignedHeaders);
        var canonical = Canonical(request, authorization.SignedHeaders);
        var toSign =
            $"{Algorithm}\n{request.Headers["x-amz-date"]}\n{day}/{region}/{service}/aws4_request\n"
                + Hash(Encoding.UTF8.GetBytes(canonical));
        var key = new[] { day, region, service, "aws4_request", toSign }.Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + identity.SecretAccessKey), (k, text) => HMACSHA256.HashData(k, Encoding.UTF8.GetBytes(text)));
        if (Convert.ToHexStringLower(key) != authorization.Signature)
        {
            throw Mismatch(
                "The request signature we calculated does not match the signature you provided. The Canonical String for this request "
                    + $"should have been '{canonical}'");
        }

        return time.GetUtcNow() < identity.Expires
            ? identity
            : throw new AwsErrorException(403, "ExpiredToken", "The security token included in the request is expired");
    }

    private static (string[] Scope, string[] SignedHeaders, string Signature) Parse(AwsRequest request)
    {
        var header = request.Headers.GetValueOrDefault("authorization");
        if (header is null || !header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            throw new AwsErrorException(403, "MissingAuthenticationToken", "Missing Authentication Token");
        }

        var parts = header[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        return (parts["Credential"].Split('/'), parts["SignedHeaders"].Split(';'), parts["Signature"]);
    }

    private static void CheckScope(string signedRegion, string region, string signedService, string service)
    {
        if (signedRegion != region)
        {
            throw Mismatch($"Credential should be scoped to a valid region, not '{signedRegion}'.");
        }

        if (signedService != service)
        {
            throw Mismatch($"Credential should be scoped to correct service: '{service}'.");
        }
    }

    private void CheckDate(AwsRequest request, string day)
    {
        if (!DateTimeOffset.TryParseExact(
            request.Headers.GetValueOrDefault("x-amz-date"),
            "yyyyMMdd'T'HHmmss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var date))
        {
            throw new AwsErrorException(400, "IncompleteSignature", "Date must be in ISO-8601 'basic format'.");
        }

        if ((date - time.GetUtcNow()).Duration() > TimeSpan.FromMinutes(15))
        {
            throw Mismatch("Signature expired: the date is not within 15 minutes of now.");
        }

        if (date.ToString("yyyyMMdd", CultureInfo.InvariantCulture) != day)
        {
            throw Mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.");
        }
    }

    private static void CheckHeaders(AwsRequest request, string[] signed)
    {
        var needed = request.Headers.Keys.Where(name => name.StartsWith("x-amz-", StringComparison.Ordinal) || name == "content-type")
            .Append("host");
        if (needed.FirstOrDefault(name => !signed.Contains(name)) is { } missing)
        {
            throw Mismatch($"'{missing}' must be a 'SignedHeader' in the AWS Authorization.");
        }

        if (request.Headers.GetValueOrDefault("x-amz-content-sha256") is { } hash && hash != Hash(request.Body))
        {
            throw Mismatch("The payload hash does not match the payload.");
        }
    }

    private static string Canonical(AwsRequest request, string[] signed)
    {
        // The canonical path is encoded twice.
        var path = string.Join('/', request.RawPath.Split('/').Select(Encode));
        var query = string.Join('&', request.Query.Select(pair => (Name: Encode(pair.Key), Value: Encode(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
                .ThenBy(pair => pair.Value, StringComparer.Ordinal)
                .Select(pair => $"{pair.Name}={pair.Value}"));
        var headers = string.Concat(signed.Order(StringComparer.Ordinal).Select(name =>
            $"{name}:{string.Join(' ', request.Headers[name].Split(' ', StringSplitOptions.RemoveEmptyEntries))}\n"));
        return $"{request.Method}\n{path}\n{query}\n{headers}\n{string.Join(';', signed)}\n{Hash(request.Body)}";
    }

    private static string Encode(string text) => Uri.EscapeDataString(text);

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static AwsErrorException InvalidToken() =>
        new(403, "InvalidClientTokenId", "The security token included in the request is invalid.");

    private static AwsErrorException Mismatch(string message) => new(403, "SignatureDoesNotMatch", message);
}
