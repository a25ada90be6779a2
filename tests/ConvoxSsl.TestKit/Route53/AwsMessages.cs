using System.Xml.Linq;

namespace ConvoxSsl.TestKit.Route53;

/// <summary>A received request.</summary>
internal sealed record AwsRequest
{
    public required string Method { get; init; }

    /// <summary>The raw path.</summary>
    public required string RawPath { get; init; }

    /// <summary>The decoded query, in order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Query { get; init; }

    /// <summary>The headers by lower-cased name.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required byte[] Body { get; init; }

    public string? QueryValue(string name) => Query.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();
}

/// <summary>A response.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The document; null for a page that is not XML.</param>
internal sealed record AwsResponse(int Status, XDocument? Body);

/// <summary>A call, including denied ones.</summary>
/// <param name="Action">The action, such as <c>route53:GetChange</c>.</param>
/// <param name="Caller">The ARN of the caller; null if the signature was rejected.</param>
/// <param name="UserAgent">The User-Agent header.</param>
public sealed record AwsCall(string Action, string? Caller, string UserAgent);

/// <summary>The exception for a rejected request.</summary>
internal sealed class AwsErrorException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static AwsErrorException Denied(string arn, string action, string resource) => new(
        403,
        "AccessDenied",
        $"User: {arn} is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows the "
            + $"{action} action");

    public AwsResponse ToReply(XNamespace xml) => new(Status, new XDocument(new XElement(
        xml + "ErrorResponse",
        new XElement(
            xml + "Error",
            new XElement(xml + "Type", Status < 500 ? "Sender" : "Receiver"),
            new XElement(xml + "Code", Code),
            new XElement(xml + "Message", Message)),
        new XElement(xml + "RequestId", Guid.NewGuid()))));
}
