using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The kinds of targets.</summary>
public enum TargetKind
{
    /// <summary>Another version of the module created it, and this one does not know its kind.</summary>
    Unknown,

    /// <summary>Files that a server reads.</summary>
    Files,

    /// <summary>A script of the user.</summary>
    Script,
}

/// <summary>A place where certificates are put to use, such as the files of a server, with the state of its deliveries.</summary>
public sealed record CertificateTarget
{
    /// <summary>The number of the target on the rack.</summary>
    public required int Id { get; init; }

    /// <summary>The name of the machine that delivers to the target. Other machines only show it.</summary>
    public required string Machine { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The id of the certificate, or a pattern of ids and names with <c>*</c> and <c>?</c>; null to select by domain.</summary>
    public string? Certificate { get; init; }

    /// <summary>A name of the certificate in A-labels, or a pattern of names; null to select by id.</summary>
    public string? Domain { get; init; }

    /// <summary>The files; null for another kind.</summary>
    public TargetFiles? Files { get; init; }

    /// <summary>
    /// The script, which runs in a new session with the certificate and the directory of its files; null for another kind.
    /// </summary>
    public string? Script { get; init; }

    /// <summary>The reload that follows a change of the files; null if the server notices it itself.</summary>
    public TargetReload? Reload { get; init; }

    /// <summary>The address at which the server has to present the certificate afterwards; null if that is not verified.</summary>
    public TargetEndpoint? Endpoint { get; init; }

    /// <summary>The maximum time of each step, such as the script or the reload; null for the default of the step.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>The number of changes of the settings. A delivery that began before a change does not count.</summary>
    public int Revision { get; init; }

    /// <summary>The deliveries, one per certificate.</summary>
    public IReadOnlyList<TargetState> States { get; init => field = value is null ? [] : JsonGuard.Items(value); } = [];

    /// <summary>The kind.</summary>
    [JsonIgnore]
    public TargetKind Kind => Files is not null ? TargetKind.Files : Script is not null ? TargetKind.Script : TargetKind.Unknown;

    /// <summary>True if the target is for all certificates that match a pattern, and false if it is for one.</summary>
    [JsonIgnore]
    public bool IsPattern => IsWildcard(Certificate) || IsWildcard(Domain);

    /// <summary>True if a machine delivers to the target.</summary>
    /// <param name="machine">The name of the machine, in any case.</param>
    public bool IsOf(string machine) => Machine.Equals(machine, StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds the state of a certificate; null if it was never tried.</summary>
    public TargetState? FindState(string certificate) => States.FirstOrDefault(state => state.Certificate == certificate);

    /// <summary>Copies the target with the state of a certificate, which replaces an earlier one.</summary>
    public CertificateTarget With(TargetState state) =>
        this with { States = [.. States.Where(other => other.Certificate != state.Certificate), state] };

    /// <summary>Copies the target without the state of a certificate.</summary>
    public CertificateTarget Without(string certificate) =>
        this with { States = [.. States.Where(state => state.Certificate != certificate)] };

    private static bool IsWildcard(string? text) => text is not null && text.AsSpan().ContainsAny('*', '?');
}

/// <summary>The files of a target. One of <see cref="Directory"/> and <see cref="CertificatePath"/> is set.</summary>
public sealed record TargetFiles
{
    /// <summary>The name of the format.</summary>
    public required string Format { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The directory for files with fixed names, or for those of several certificates.</summary>
    public string? Directory { get; init; }

    /// <summary>The file with the certificate. It has the chain too, unless <see cref="ChainPath"/> is set.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The file with the private key.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The file with the issuers.</summary>
    public string? ChainPath { get; init; }

    /// <summary>The name or number of the owner; null to keep that of a replaced file.</summary>
    public string? Owner { get; init; }

    /// <summary>The name or number of the group; null to keep that of a replaced file.</summary>
    public string? Group { get; init; }

    /// <summary>The mode in octal digits; null to keep that of a replaced file.</summary>
    public string? Mode { get; init; }

    /// <summary>True if the mode may let every user read the private key.</summary>
    public bool AllowsExposure { get; init; }
}

/// <summary>The reload of a server. One of <see cref="Service"/> and <see cref="Command"/> is set.</summary>
public sealed record TargetReload
{
    /// <summary>The name of the service.</summary>
    public string? Service { get; init; }

    /// <summary>True to restart the service, because its reload keeps the old certificate.</summary>
    public bool Restart { get; init; }

    /// <summary>The full path of a program.</summary>
    public string? Command { get; init; }

    /// <summary>The arguments of the program.</summary>
    public IReadOnlyList<string> Arguments { get; init => field = value is null ? [] : JsonGuard.Items(value); } = [];

    /// <summary>True if another reload does the same, so that one is enough for both.</summary>
    public bool IsSame(TargetReload other) =>
        (Service, Restart, Command) == (other.Service, other.Restart, other.Command) && Arguments.SequenceEqual(other.Arguments);

    /// <summary>Returns the service, or the command with its arguments.</summary>
    public override string ToString() => Service ?? string.Join(' ', [Command, .. Arguments]);
}

/// <summary>The address at which a server presents its certificates.</summary>
public sealed record TargetEndpoint
{
    /// <summary>The host name or IP address.</summary>
    public required string Host { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The name that is sent to the server; null for a name of the certificate.</summary>
    public string? ServerName { get; init; }

    /// <summary>The name of the protocol in which TLS begins with a command; null if TLS begins at once.</summary>
    public string? StartTls { get; init; }
}

/// <summary>The deliveries of one certificate to a target.</summary>
public sealed record TargetState
{
    /// <summary>The certificate's id.</summary>
    public required string Certificate { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The name of the certificate's file or directory in a target for several certificates; otherwise null.</summary>
    public string? Name { get; init; }

    /// <summary>The version that was delivered; null if none was.</summary>
    public int? Version { get; init; }

    /// <summary>The serial number of the version that was delivered.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>The time of the delivery.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The failure of the last attempt; null if it succeeded.</summary>
    public DeliveryFailure? Failure { get; init; }
}

/// <summary>The failure of a delivery, and the time of the next attempt.</summary>
public sealed record DeliveryFailure
{
    /// <summary>The stable error code.</summary>
    public required string Code { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The user-facing cause.</summary>
    public required string Cause { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The serial number of the version that was not delivered.</summary>
    public required string SerialNumber { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The time of the failure.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The number of failures since the last success, this one included.</summary>
    public required int Count { get; init; }

    /// <summary>The earliest time of the next attempt.</summary>
    public required DateTimeOffset NextTry { get; init; }

    /// <summary>True if the next attempt has to wait. A failure in the future was recorded with a wrong clock and is ignored.</summary>
    public bool Holds(DateTimeOffset now) => At <= now && NextTry > now;
}
