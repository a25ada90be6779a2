using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>The body of a message to a webhook.</summary>
/// <param name="Type">The event, such as <c>certificate.renewed</c>.</param>
/// <param name="Timestamp">The time of the event.</param>
/// <param name="Data">The certificate.</param>
internal sealed record Notice(string Type, DateTimeOffset Timestamp, NoticeData Data);

/// <summary>The certificate of a notice, without its key.</summary>
internal sealed record NoticeData
{
    private const int MaxCauseLength = 2000;

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <summary>The machine that ran the operation: racks on different machines can have the same name.</summary>
    public required string Host { get; init; }

    public string? Id { get; init; }

    public IReadOnlyList<string>? Domains { get; init; }

    public string? Issuer { get; init; }

    /// <summary>
    /// The status of the live version: <c>Ready</c>, <c>Pending</c>, <c>Expired</c> or <c>Revoked</c>; <c>Failed</c> if there is none.
    /// </summary>
    public string? Status { get; init; }

    public int? Version { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public DateTimeOffset? RenewAfter { get; init; }

    public string? SerialNumber { get; init; }

    public string? Thumbprint { get; init; }

    public string? ErrorId { get; init; }

    public string? Cause { get; init; }

    public DateTimeOffset? NextTry { get; init; }

    /// <summary>The number of the target that the certificate was not delivered to.</summary>
    public int? Target { get; init; }

    /// <summary>Creates the data of a certificate.</summary>
    public static NoticeData Create(string rack, CertificateRecord record, CertificateEntry? live, DateTimeOffset now) => Create(rack) with
    {
        Id = record.Id,
        Domains = record.Domains,
        Issuer = record.Issuer,
        Status = GetStatus(live, now),
        Version = live?.LiveVersion,
        Expires = live?.Live.Expires,
        RenewAfter = live?.Live.RenewAfter,
        SerialNumber = live?.Live.SerialNumber,
        Thumbprint = live?.Live.Thumbprint,
    };

    /// <summary>Creates the data of a test message, which has no certificate.</summary>
    public static NoticeData Create(string rack) => new() { Rack = rack, Host = Environment.MachineName };

    /// <summary>Adds a failure; a long cause is shortened.</summary>
    public NoticeData WithFailure(string errorId, string cause, DateTimeOffset? nextTry) => this with
    {
        ErrorId = errorId,
        Cause = DisplayText.Shorten(cause, MaxCauseLength),
        NextTry = nextTry,
    };

    private static string GetStatus(CertificateEntry? live, DateTimeOffset now) => live?.Live switch
    {
        null => "Failed",
        { Revoked: not null } => "Revoked",
        { Expires: var expires } when expires <= now => "Expired",
        { NotBefore: var begins } when begins > now => "Pending",
        _ => "Ready",
    };
}

/// <summary>Serializes messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Notice))]
internal sealed partial class NoticeJson : JsonSerializerContext;
