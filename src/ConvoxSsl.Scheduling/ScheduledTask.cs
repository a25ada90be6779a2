using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling;

/// <summary>Creates and parses a task of the Windows Task Scheduler (schema: [MS-TSCH] 2.5).</summary>
internal static partial class ScheduledTask
{
    private const string SystemAccount = "S-1-5-18";
    private static readonly XNamespace Schema = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    /// <summary>Returns the name of the task. It is in the root folder, because schtasks cannot remove folders.</summary>
    public static string GetName(string rack) => $"ConvoxSsl renewal {RenewalCommand.GetKey(rack)}";

    /// <summary>Creates the task definition for schtasks.</summary>
    /// <param name="command">The command to run.</param>
    /// <param name="times">The times of day.</param>
    /// <param name="user">The user who runs the task, as DOMAIN\name; null for the system account.</param>
    /// <exception cref="InvalidInputException"><c>InvalidSchedulePath</c>.</exception>
    public static byte[] CreateDefinition(RenewalCommand command, RenewalTimes times, string? user)
    {
        var task = new XElement(
            Schema + "Task",
            new XAttribute("version", "1.2"),
            CreateElement(
                "RegistrationInfo",
                CreateElement("Author", "ConvoxSsl"),
                CreateElement("Description", $"Renewal of certificates, twice a day (rack {command.Rack})")),
            CreateElement("Triggers", CreateTrigger(times.First), CreateTrigger(times.Second)),
            CreateElement("Principals", CreatePrincipal(user)),
            CreateElement(
                "Settings",
                CreateElement("MultipleInstancesPolicy", "IgnoreNew"),
                CreateElement("DisallowStartIfOnBatteries", "false"),
                CreateElement("StopIfGoingOnBatteries", "false"),
                CreateElement("StartWhenAvailable", "true"),
                CreateElement("ExecutionTimeLimit", "PT11H")),
            new XElement(
                Schema + "Actions",
                new XAttribute("Context", "Runner"),
                CreateElement(
                    "Exec",
                    CreateElement("Command", RequireProgram(command)),
                    CreateElement("Arguments", CreateArgumentLine(command)))));
        using var bytes = new MemoryStream();
        using (var writer = new StreamWriter(bytes, Encoding.Unicode))
        {
            new XDocument(new XDeclaration("1.0", "UTF-16", null), task).Save(writer);
        }

        return bytes.ToArray();
    }

    /// <summary>Finds the times in the output of schtasks, in any encoding, or returns null.</summary>
    public static RenewalTimes? FindTimes(byte[] output) => StartBoundary().Match(DecodeAscii(output)) is { Success: true } match
        ? RenewalTimes.FromTime(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)
        : null;

    /// <summary>Finds the command in the output of schtasks.</summary>
    public static string FindCommand(byte[] output)
    {
        var text = DecodeAscii(output);
        return WebUtility.HtmlDecode($"{ProgramElement().Match(text).Groups[1].Value} {ArgumentsElement().Match(text).Groups[1].Value}");
    }

    private static XElement CreateElement(string name, params object[] content) => new(Schema + name, content);

    // The start date is in the past, so that the task first runs at the next of its times.
    private static XElement CreateTrigger(TimeOnly time) => CreateElement(
        "CalendarTrigger",
        CreateElement("StartBoundary", string.Create(CultureInfo.InvariantCulture, $"2000-01-01T{time:HH:mm:ss}")),
        CreateElement("RandomDelay", "PT5M"),
        CreateElement("ScheduleByDay", CreateElement("DaysInterval", "1")));

    // Without a stored password, a task that runs while its user is signed out cannot decrypt the user's DPAPI secrets.
    private static XElement CreatePrincipal(string? user) => new(
        Schema + "Principal",
        new XAttribute("id", "Runner"),
        CreateElement("UserId", user ?? SystemAccount),
        user is null ? CreateElement("RunLevel", "HighestAvailable") : CreateElement("LogonType", "InteractiveToken"));

    private static string RequireProgram(RenewalCommand command) => command.PowerShell.Contains('%', StringComparison.Ordinal)
        ? throw new InvalidInputException(
            ErrorCode.InvalidSchedulePath,
            $"'{command.PowerShell}' is not valid because the Task Scheduler treats a percent sign as a variable.",
            command.PowerShell)
        {
            Remedy = new Remedy("InvalidSchedulePath.PowerShell"),
        }
        : command.PowerShell;

    private static string CreateArgumentLine(RenewalCommand command) =>
        string.Join(' ', command.GetArguments(delay: 0, QuoteWithoutVariables).Select(Quote));

    // The Task Scheduler replaces %name% and $(name) before PowerShell reads them, and has no escape for them.
    private static string QuoteWithoutVariables(string text)
    {
        var parts = text.Split('%', StringSplitOptions.None)
            .Select(part => RenewalCommand.Quote(part).Replace("$(", "$'+'(", StringComparison.Ordinal))
            .ToArray();
        var joined = string.Join("+[char]37+", parts);
        return joined == RenewalCommand.Quote(text) ? joined : $"({joined})";
    }

    // As CommandLineToArgvW parses it: backslashes are special only before a quote.
    private static string Quote(string text)
    {
        if (text.Length > 0 && !text.AsSpan().ContainsAny(" \t\""))
        {
            return text;
        }

        var escaped = BackslashesAtQuote().Replace(text, "$1$1\\\"");
        return $"\"{BackslashesAtEnd().Replace(escaped, "$1$1")}\"";
    }

    private static string DecodeAscii(byte[] output) =>
        Encoding.Latin1.GetString(output).Replace("\0", string.Empty, StringComparison.Ordinal);

    [GeneratedRegex(@"(\\*)""")]
    private static partial Regex BackslashesAtQuote();

    [GeneratedRegex(@"(\\+)$")]
    private static partial Regex BackslashesAtEnd();

    [GeneratedRegex(@"<StartBoundary>[0-9-]+T([0-9]{2}):([0-9]{2}):([0-9]{2})")]
    private static partial Regex StartBoundary();

    [GeneratedRegex(@"<Command>([^<]*)</Command>")]
    private static partial Regex ProgramElement();

    [GeneratedRegex(@"<Arguments>([^<]*)</Arguments>")]
    private static partial Regex ArgumentsElement();
}
