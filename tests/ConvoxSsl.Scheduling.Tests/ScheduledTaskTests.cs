using ConvoxSsl.Engine;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ConvoxSsl.Scheduling.Tests;

public sealed class ScheduledTaskTests
{
    private static readonly RenewalTimes Times = RenewalTimes.FromTime(5, 17, 23)!;

    [Fact]
    public void Task_runs_twice_a_day_and_catches_up()
    {
        var bytes = ScheduledTask.CreateDefinition(
            new RenewalCommand(@"C:\Program Files\PowerShell\7\pwsh.exe", @"C:\Modules\ConvoxSsl", @"C:\Users\Zoë\rack"),
            Times,
            @"HOME\Zoë");
        var task = Parse(bytes);

        Assert.Equal(["2000-01-01T05:17:23", "2000-01-01T17:17:23"], Values(task, "StartBoundary"));
        Assert.Equal(["1", "1"], Values(task, "DaysInterval"));
        Assert.Equal([@"HOME\Zoë"], Values(task, "UserId"));
        Assert.Equal(["InteractiveToken"], Values(task, "LogonType"));
        Assert.Equal(["true"], Values(task, "StartWhenAvailable"));
        Assert.Equal([@"C:\Program Files\PowerShell\7\pwsh.exe"], Values(task, "Command"));
        Assert.Equal(
            [
                @"-NoProfile -NonInteractive -Command ""$PSStyle.OutputRendering = 'PlainText'; "
                    + @"Import-Module 'C:\Modules\ConvoxSsl' -ErrorAction Stop; "
                    + @"Update-ConvoxCertificate -Rack 'C:\Users\Zoë\rack' | Where-Object Result -ne NotDue; exit [int](-not $?)""",
            ],
            Values(task, "Arguments"));
        Assert.Equal(Times, ScheduledTask.FindTimes(bytes));
    }

    [Fact]
    public void Task_of_the_system_account_has_its_principal()
    {
        var task = Parse(ScheduledTask.CreateDefinition(new RenewalCommand("pwsh", "m", "r"), Times, user: null));

        Assert.Equal(["S-1-5-18"], Values(task, "UserId"));
        Assert.Empty(Values(task, "LogonType"));
    }

    [Fact]
    public void Windows_receives_the_exact_arguments()
    {
        foreach (var path in OddPaths.All.Concat(Enumerable.Range(0, 200).Select(OddPaths.Random)))
        {
            var line =
                Values(Parse(ScheduledTask.CreateDefinition(new RenewalCommand("pwsh", path, path), Times, user: null)), "Arguments")[0];

            Assert.DoesNotContain("%", line, StringComparison.Ordinal);
            Assert.DoesNotContain("$(", line, StringComparison.Ordinal);
            var script = Assert.Single(AsWindowsSplits(line)[3..]);
            Assert.Equal([path, path], PowerShellTexts(script));
        }
    }

    [Fact]
    public void Program_path_with_a_percent_sign_is_rejected() => Assert.Equal(
        "InvalidSchedulePath",
        Assert.Throws<InvalidInputException>(() =>
            ScheduledTask.CreateDefinition(new RenewalCommand(@"C:\100%\pwsh.exe", "m", "r"), Times, null)).Code);

    // Reads the module and the rack from a script, with PowerShell's quoting removed.
    private static IEnumerable<string> PowerShellTexts(string script) =>
        Regex.Match(
            script, "Import-Module (.*) -ErrorAction Stop; Update-ConvoxCertificate -Rack (.*) \\| Where-Object").Groups.Values.Skip(
            1)
            .Select(group => Regex.Replace(
                group.Value.Replace("+[char]37+", "+'%'+", StringComparison.Ordinal)
                    .Trim('(', ')')
                    .Replace("'+'", string.Empty, StringComparison.Ordinal)[1..^1], "(['‘’‚‛])\\1", "$1"));

    // Splits a command line like CommandLineToArgvW.
    private static List<string> AsWindowsSplits(string line) =>
        [.. Regex.Matches(
            line, """(?:"(?<w>(?:[^"\\]|\\+[^"\\]|(?:\\\\)*\\"|(?:\\\\)+(?="(?: |$)))*)"|(?<w>[^ "]+))(?: |$)""").Select(match =>
            Regex.Replace(match.Groups["w"].Value, @"(\\*)(""|$)", m => new string('\\', m.Groups[1].Length / 2) + m.Groups[2].Value))];

    private static XElement Parse(byte[] bytes)
    {
        Assert.Equal(Encoding.Unicode.GetPreamble(), bytes[..2]);
        using var stream = new MemoryStream(bytes);
        return XDocument.Load(stream).Root!;
    }

    private static string[] Values(XElement task, string name) =>
        [.. task.Descendants(task.Name.Namespace + name).Select(element => element.Value)];
}
