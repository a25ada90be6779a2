using System.Diagnostics;
using System.Text;

namespace ConvoxSsl.Scheduling.Tests;

public sealed class CrontabTests
{
    private static readonly RenewalTimes Times = RenewalTimes.FromTime(17, 23, 42)!;
    private static readonly byte[] Foreign = [.. "# mine, in Latin-1: "u8, 0xE9, .. "\nMAILTO=me\n\n0 4 * * * date +\\%F\r\n"u8];

    [Fact]
    public void Line_runs_twice_a_day_and_names_its_rack()
    {
        var text =
            Encoding.UTF8.GetString(Crontab.Parse([]).With(new RenewalCommand("/usr/bin/pwsh", "/opt/m", "/srv/rack"), Times).ToBytes());

        Assert.Equal(
            "23 5,17 * * * '/usr/bin/pwsh' '-NoProfile' '-NonInteractive' '-Command' 'Start-Sleep -Seconds 42; $PSStyle.OutputRendering "
                + "= '\\''PlainText'\\''; "
            + "Import-Module '\\''/opt/m'\\'' -ErrorAction Stop; Update-ConvoxCertificate -Rack '\\''/srv/rack'\\'' | Where-Object "
            + "Result -ne NotDue; exit [int](-not $?)'"
            + " # ConvoxSsl renewal of rack '/srv/rack'\n",
            text);
    }

    [Theory]
    [MemberData(nameof(OddPaths.ToTheory), MemberType = typeof(OddPaths))]
    public void All_other_bytes_stay_the_same(string rack)
    {
        var command = new RenewalCommand("/usr/bin/pwsh", "/opt/m", rack);
        var other = new RenewalCommand("/usr/bin/pwsh", "/opt/m", rack + "2");
        var before = Crontab.Parse(Foreign).With(other, Times);

        var updated = Crontab.Parse(before.With(command, Times).ToBytes());
        Assert.StartsWith(
            Encoding.Latin1.GetString(before.ToBytes()), Encoding.Latin1.GetString(updated.ToBytes()), StringComparison.Ordinal);
        Assert.Equal(Times, Crontab.FindTimes(updated.Find(rack)!));

        Assert.Equal(before.ToBytes(), updated.Without(rack).ToBytes());
        Assert.Equal(Foreign, updated.Without(rack).Without(other.Rack).ToBytes());
    }

    [Fact]
    public void Registering_again_replaces_the_line_in_place()
    {
        var crontab = Crontab.Parse([])
            .With(new RenewalCommand("/old/pwsh", "/m", "/r"), Times)
            .With(new RenewalCommand("/pwsh", "/m", "/r2"), Times);

        var repeated = crontab.With(new RenewalCommand("/new/pwsh", "/m", "/r"), Times).ToBytes();

        Assert.Equal(
            Encoding.UTF8.GetString(crontab.ToBytes()).Replace("/old/", "/new/", StringComparison.Ordinal),
            Encoding.UTF8.GetString(repeated));
    }

    [Fact]
    public void Last_line_gets_a_line_break_and_commented_lines_stay()
    {
        var command = new RenewalCommand("/pwsh", "/m", "/r");
        var off = "#" + Encoding.UTF8.GetString(Crontab.Parse([]).With(command, Times).ToBytes()).TrimEnd('\n');

        var updated = Crontab.Parse(Encoding.UTF8.GetBytes(off)).With(command, Times);

        Assert.Equal($"{off}\n{off[1..]}\n", Encoding.UTF8.GetString(updated.ToBytes()));
        Assert.Equal($"{off}\n", Encoding.UTF8.GetString(updated.Without("/r").ToBytes()));
    }

    [Fact]
    public async Task Shell_of_cron_receives_the_exact_arguments()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var path in OddPaths.All.Concat(Enumerable.Range(0, 60).Select(OddPaths.Random)))
        {
            var command = new RenewalCommand("/usr/bin/printf", path, path);
            var line = Encoding.UTF8.GetString(Crontab.Parse([]).With(command, Times).ToBytes()).TrimEnd('\n');

            // printf prints each argument that follows its format.
            var output = await ShellAsync(AsCronReads(line).Replace("'/usr/bin/printf'", "printf '%s\\0'", StringComparison.Ordinal));

            Assert.Equal(command.GetArguments(42), output.Split('\0')[..^1]);
        }
    }

    // Parses the command of a line as cron does: entry.c and do_command.c of Vixie cron.
    private static string AsCronReads(string line)
    {
        var command = new StringBuilder();
        var escaped = false;
        foreach (var c in string.Join(' ', line.Split(' ')[5..]))
        {
            if (escaped && c != '%')
            {
                command.Append('\\');
            }

            Assert.False(!escaped && c == '%', "cron would end the command here.");
            escaped = c == '\\';
            if (!escaped)
            {
                command.Append(c);
            }
        }

        return command.ToString();
    }

    private static async Task<string> ShellAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }
}
