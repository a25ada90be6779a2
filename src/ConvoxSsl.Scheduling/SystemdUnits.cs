using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling;

/// <summary>Creates and parses a systemd timer and the service that it starts (systemd.timer(5), systemd.service(5)).</summary>
internal static partial class SystemdUnits
{
    private const string ExecStart = "ExecStart=";

    /// <summary>Returns the name of the units without the suffix.</summary>
    public static string GetName(string rack) => $"convoxssl-renew-{RenewalCommand.GetKey(rack)}";

    /// <summary>Creates the text of the timer.</summary>
    public static string CreateTimer(RenewalCommand command, RenewalTimes times) => string.Create(CultureInfo.InvariantCulture, $"""
        # Made by Register-ConvoxRenewal; Unregister-ConvoxRenewal removes it.
        [Unit]
        Description=Renewal of certificates, twice a day (rack {EscapeSpecifiers(command.Rack)})

        [Timer]
        OnCalendar=*-*-* {times.First:HH:mm:ss}
        OnCalendar=*-*-* {times.Second:HH:mm:ss}
        RandomizedDelaySec=5min
        AccuracySec=1s
        Persistent=true

        [Install]
        WantedBy=timers.target

        """);

    /// <summary>Creates the text of the service.</summary>
    /// <param name="command">The command to run.</param>
    /// <param name="system">True for a system unit, false for a user unit.</param>
    /// <exception cref="InvalidInputException"><c>InvalidSchedulePath</c>: systemd would reject the program's path.</exception>
    public static string CreateService(RenewalCommand command, bool system) => $"""
        # Made by Register-ConvoxRenewal; Unregister-ConvoxRenewal removes it.
        [Unit]
        Description=Renewal of certificates (rack {EscapeSpecifiers(command.Rack)})
        {(system ? "Wants=network-online.target\nAfter=network-online.target\n\n" : "\n")}[Service]
        Type=oneshot
        {ExecStart}{QuoteProgram(command.PowerShell)} {string.Join(' ', command.GetArguments(delay: 0).Select(Quote))}
        TimeoutStartSec=11h
        {(system ? SystemSettings : string.Empty)}UMask=0077

        """;

    /// <summary>Finds the times of a timer, or returns null if the timer was edited by hand.</summary>
    public static RenewalTimes? FindTimes(string timer) => OnCalendar().Match(timer) is { Success: true } match
        ? RenewalTimes.FromTime(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)
        : null;

    /// <summary>Finds the command of a service.</summary>
    public static string FindCommand(string service) =>
        service.Split('\n').FirstOrDefault(line => line.StartsWith(ExecStart, StringComparison.Ordinal))?[ExecStart.Length..]
        ?? string.Empty;

    // No setting that implies NoNewPrivileges for a user's service: it would disable the file capability that lets pwsh
    // listen on port 80. No setting that hides or write-protects directories: the rack and the web root may be anywhere.
    // User= sets HOME, where SDKs of DNS providers look for credentials.
    private const string SystemSettings = """
        User=root
        LockPersonality=true
        ProtectClock=true
        ProtectControlGroups=true
        ProtectHostname=true
        ProtectKernelModules=true
        ProtectKernelTunables=true
        RestrictRealtime=true

        """;

    // In the path of the program systemd replaces no variables, and it rejects quotes and backslashes even if escaped.
    private static string QuoteProgram(string path) => path.AsSpan().ContainsAny("'\"\\")
        ? throw new InvalidInputException(
            ErrorCode.InvalidSchedulePath,
            $"'{path}' is not valid as the path of a program because systemd accepts no quote or backslash in it.",
            path)
        {
            Remedy = new Remedy("InvalidSchedulePath.PowerShell"),
        }
        : $"\"{EscapeSpecifiers(path)}\"";

    private static string Quote(string text)
    {
        var word = new StringBuilder("\"");
        foreach (var c in EscapeSpecifiers(text).Replace("$", "$$", StringComparison.Ordinal))
        {
            word.Append(c is '"' or '\\' ? "\\" : string.Empty).Append(c);
        }

        return word.Append('"').ToString();
    }

    private static string EscapeSpecifiers(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    [GeneratedRegex(@"^OnCalendar=\*-\*-\* ([0-9]{2}):([0-9]{2}):([0-9]{2})$", RegexOptions.Multiline)]
    private static partial Regex OnCalendar();
}
