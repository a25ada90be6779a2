using ConvoxSsl.Engine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Scheduling;

/// <summary>The texts of a systemd timer and of the service that it starts (systemd.timer(5), systemd.service(5)).</summary>
internal static partial class SystemdUnits
{
    private const string ExecStart = "ExecStart=";

    /// <summary>The units' name without its suffix.</summary>
    public static string GetName(string rack) => $"convoxssl-renew-{RenewalCommand.GetKey(rack)}";

    /// <summary>The timer.</summary>
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

    /// <summary>The service.</summary>
    /// <param name="command">What it runs.</param>
    /// <param name="system">Whether it is the system's, or one of a user's own manager.</param>
    /// <exception cref="InvalidInputException"><c>InvalidSchedulePath</c>: systemd would refuse the program's path.</exception>
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

    /// <summary>The times of a timer, or null where they are not as they were written.</summary>
    public static RenewalTimes? FindTimes(string timer) => OnCalendar().Match(timer) is { Success: true } match
        ? RenewalTimes.FromTime(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)
        : null;

    /// <summary>The command of a service.</summary>
    public static string FindCommand(string service) =>
        service.Split('\n').FirstOrDefault(line => line.StartsWith(ExecStart, StringComparison.Ordinal))?[ExecStart.Length..] ?? string.Empty;

    // Nothing that implies NoNewPrivileges for a user's service: it would take from pwsh the file capability by which it
    // may listen on port 80. Nothing that hides or write-protects directories: rack and web root may be anywhere. User=
    // sets HOME, where the DNS providers' own credentials are looked for.
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

    // The one word in which systemd does not replace variables, and takes no quotes or backslashes even where they are
    // escaped.
    private static string QuoteProgram(string path) => path.AsSpan().ContainsAny("'\"\\")
        ? throw new InvalidInputException(
            ErrorCode.InvalidSchedulePath, $"systemd runs no program with a quote or a backslash in its path, as in '{path}'. Name another pwsh with -PowerShellPath.", path)
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
