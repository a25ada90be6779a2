using System.Globalization;

namespace ConvoxSsl;

/// <summary>A place where certificates are put to use: files of a server, and its reload.</summary>
public sealed record ConvoxCertificateTarget
{
    /// <summary>The number of the target on the rack.</summary>
    public required int Id { get; init; }

    /// <summary>The kind of the target.</summary>
    public required ConvoxTargetKind Kind { get; init; }

    /// <summary>The ID of the certificate, or the pattern that selects certificates; empty if the domain selects them.</summary>
    public string? Certificate { get; init; }

    /// <summary>The name, or the pattern of names, that selects certificates; empty if the ID selects them.</summary>
    public string? Domain { get; init; }

    /// <summary>The IDs of the certificates that match.</summary>
    public IReadOnlyList<string> Certificates { get; init => field = JoinedList<string>.From(value); } = JoinedList<string>.From([]);

    /// <summary>The directory of the files, or the file with the certificate.</summary>
    public string? Path { get; init; }

    /// <summary>The file with the private key; empty if the files have fixed names.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The file with the issuers; empty if the files have fixed names.</summary>
    public string? ChainPath { get; init; }

    /// <summary>The format of the files.</summary>
    public string? Format { get; init; }

    /// <summary>The owner that the files get; empty if a replaced file keeps its own.</summary>
    public string? Owner { get; init; }

    /// <summary>The group that the files get; empty if a replaced file keeps its own.</summary>
    public string? Group { get; init; }

    /// <summary>The mode that the files get; empty if a replaced file keeps its own.</summary>
    public string? Mode { get; init; }

    /// <summary>The script that delivers the certificate.</summary>
    public string? Script { get; init; }

    /// <summary>The service that is reloaded.</summary>
    public string? Service { get; init; }

    /// <summary>True if the service is restarted instead.</summary>
    public bool Restart { get; init; }

    /// <summary>The program that reloads the server, with its arguments.</summary>
    public IReadOnlyList<string> Command { get; init => field = JoinedList<string>.From(value); } = JoinedList<string>.From([]);

    /// <summary>The server that has to present the certificate, as <c>host:port</c>; empty if that is not verified.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The name that is sent to the endpoint; empty for a name of the certificate.</summary>
    public string? ServerName { get; init; }

    /// <summary>The protocol in which TLS begins with a command; empty if TLS begins at once.</summary>
    public string? StartTls { get; init; }

    /// <summary>The name of the machine that the target belongs to. Only that machine delivers to it.</summary>
    public required string HostName { get; init; }

    /// <summary>The status of the target.</summary>
    public required ConvoxTargetStatus Status { get; init; }

    /// <summary>The reason for the status; empty if the target is current.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The version that was delivered; empty if none was, or if the target is for several certificates.</summary>
    public int? Version { get; init; }

    /// <summary>The time of the last delivery, in UTC.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The earliest time of the next attempt after a failure, in UTC.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The kinds of certificate targets.</summary>
public enum ConvoxTargetKind : long
{
    /// <summary>A kind that only a newer version of the module knows.</summary>
    Unknown,

    /// <summary>Files that a server reads.</summary>
    Files,

    /// <summary>A script of yours.</summary>
    Script,
}

/// <summary>The status of a certificate target.</summary>
public enum ConvoxTargetStatus : long
{
    /// <summary>The live versions of all its certificates were delivered.</summary>
    Current,

    /// <summary>A live version was not delivered yet, or no certificate matches.</summary>
    Outdated,

    /// <summary>A delivery failed.</summary>
    Failed,
}
