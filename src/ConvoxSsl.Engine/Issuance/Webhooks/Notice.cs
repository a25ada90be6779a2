using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>What a webhook is told: the body of its message.</summary>
/// <param name="Type">What happened, such as <c>certificate.renewed</c>.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Data">What it is about.</param>
internal sealed record Notice(string Type, DateTimeOffset Timestamp, NoticeData Data);

/// <summary>The certificate that a notice is about; never its key.</summary>
internal sealed record NoticeData
{
    private const int LongestCause = 2000;

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <summary>The machine that worked on it: many have a rack of the same name.</summary>
    public required string Host { get; init; }

    public string? Id { get; init; }

    public IReadOnlyList<string>? Domains { get; init; }

    public string? Issuer { get; init; }

    /// <summary>Whether what is in use can be used: <c>Ready</c>, <c>Expired</c>, <c>Revoked</c>; <c>Failed</c> where nothing is in use.</summary>
    public string? Status { get; init; }

    public int? Version { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public DateTimeOffset? RenewAfter { get; init; }

    public string? SerialNumber { get; init; }

    public string? Thumbprint { get; init; }

    public string? ErrorId { get; init; }

    public string? Cause { get; init; }

    public DateTimeOffset? NextTry { get; init; }

    /// <summary>A certificate as it is.</summary>
    public static NoticeData Of(string rack, CertificateRecord record, CertificateEntry? live, DateTimeOffset now) => Of(rack) with
    {
        Id = record.Id,
        Domains = record.Domains,
        Issuer = record.Issuer,
        Status = StatusOf(live, now),
        Version = live?.LiveVersion,
        Expires = live?.Live.Expires,
        RenewAfter = live?.Live.RenewAfter,
        SerialNumber = live?.Live.SerialNumber,
        Thumbprint = live?.Live.Thumbprint,
    };

    /// <summary>The rack alone, for a trial.</summary>
    public static NoticeData Of(string rack) => new() { Rack = rack, Host = Environment.MachineName };

    /// <summary>The same with what went wrong, as far as a message should carry it.</summary>
    public NoticeData Failed(string errorId, string cause, DateTimeOffset? nextTry) => this with
    {
        ErrorId = errorId,
        Cause = cause.Length > LongestCause ? cause[..LongestCause] + "…" : cause,
        NextTry = nextTry,
    };

    private static string StatusOf(CertificateEntry? live, DateTimeOffset now) => live?.Live switch
    {
        null => "Failed",
        { Revoked: not null } => "Revoked",
        { Expires: var expires } when expires <= now => "Expired",
        _ => "Ready",
    };
}

/// <summary>The JSON of messages.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Notice))]
internal sealed partial class NoticeJson : JsonSerializerContext;
