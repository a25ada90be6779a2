using ConvoxSsl.Engine;
using System.Diagnostics;
using System.Text;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Scheduling.Tests;

public sealed class SystemdUnitsTests
{
    private const string Script =
        "$$PSStyle.OutputRendering = 'PlainText'; Import-Module '/opt/m' -ErrorAction Stop; "
            + "Update-ConvoxCertificate -Rack '/srv/rack' | Where-Object Result -ne NotDue; exit [int](-not $$?)";

    private static readonly RenewalTimes Times = RenewalTimes.FromTime(5, 17, 23)!;

    [Fact]
    public void Timer_and_user_service_have_the_expected_text()
    {
        var command = new RenewalCommand("/usr/bin/pwsh", "/opt/m", "/srv/rack");

        Assert.Equal(
            """
            # Made by Register-ConvoxRenewal; Unregister-ConvoxRenewal removes it.
            [Unit]
            Description=Renewal of certificates, twice a day (rack /srv/rack)

            [Timer]
            OnCalendar=*-*-* 05:17:23
            OnCalendar=*-*-* 17:17:23
            RandomizedDelaySec=5min
            AccuracySec=1s
            Persistent=true

            [Install]
            WantedBy=timers.target

            """,
            SystemdUnits.CreateTimer(command, Times));
        Assert.Equal(
            $$"""
            # Made by Register-ConvoxRenewal; Unregister-ConvoxRenewal removes it.
            [Unit]
            Description=Renewal of certificates (rack /srv/rack)

            [Service]
            Type=oneshot
            ExecStart="/usr/bin/pwsh" "-NoProfile" "-NonInteractive" "-Command" "{{Script}}"
            TimeoutStartSec=11h
            UMask=0077

            """,
            SystemdUnits.CreateService(command, system: false));
        Assert.Equal(Times, SystemdUnits.FindTimes(SystemdUnits.CreateTimer(command, Times)));
    }

    [Fact]
    public void Systemd_receives_the_exact_arguments()
    {
        foreach (var path in OddPaths.All.Concat(Enumerable.Range(0, 200).Select(OddPaths.Random)))
        {
            var command = new RenewalCommand("/usr/bin/pwsh", path, path);

            Assert.Equal(
                command.GetArguments(0).Prepend("/usr/bin/pwsh"),
                AsSystemdReads(SystemdUnits.FindCommand(SystemdUnits.CreateService(command, system: true))));
        }
    }

    [Theory]
    [InlineData("/it's/pwsh")]
    [InlineData("/back\\slash/pwsh")]
    [InlineData("/\"quoted\"/pwsh")]
    public void Program_path_that_systemd_rejects_is_not_written(string program)
    {
        var error =
            Assert.Throws<InvalidInputException>(() => SystemdUnits.CreateService(new RenewalCommand(program, "/m", "/r"), system: false));

        Assert.Equal("InvalidSchedulePath", error.Code);
        Assert.Contains(program, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Systemd_verifies_the_units(bool system)
    {
        if (ExternalProgram.Find("systemd-analyze", Environment.GetEnvironmentVariable("PATH")) is not { } analyze)
        {
            return;
        }

        using var directory = new TemporaryDirectory();
        foreach (var rack in OddPaths.All)
        {
            var command = new RenewalCommand("/bin/sh", "/opt/m", rack);
            var timer = directory[SystemdUnits.GetName(rack) + ".timer"];
            await File.WriteAllTextAsync(timer, SystemdUnits.CreateTimer(command, Times));
            await File.WriteAllTextAsync(directory[SystemdUnits.GetName(rack) + ".service"], SystemdUnits.CreateService(command, system));
        }

        var start = new ProcessStartInfo(
            analyze, ["verify", "--man=no", system ? "--system" : "--user", .. Directory.GetFiles(directory.Path)])
            {
                RedirectStandardError = true,
            };
        start.Environment["XDG_RUNTIME_DIR"] = directory.Path;
        using var process = Process.Start(start)!;
        var complaints =
            (await process.StandardError.ReadToEndAsync()).Split('\n').Where(line => line.Contains("convoxssl", StringComparison.Ordinal));
        await process.WaitForExitAsync();

        Assert.Empty(complaints);
    }

    // systemd.service(5), "Command lines": words in double quotes, C escapes, specifiers, then variables.
    private static List<string> AsSystemdReads(string line)
    {
        var words = new List<string>();
        for (var index = 0; index < line.Length; index++)
        {
            Assert.Equal('"', line[index++]);
            var word = new StringBuilder();
            for (; line[index] != '"'; index++)
            {
                if (line[index] == '\\')
                {
                    Assert.Contains(line[++index], "\\\"");
                }

                word.Append(line[index]);
            }

            Assert.True(++index == line.Length || line[index] == ' ');
            words.Add(Unescape(Unescape(word.ToString(), '%'), '$'));
        }

        return words;
    }

    private static string Unescape(string text, char special)
    {
        var plain = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            plain.Append(text[index]);
            if (text[index] == special)
            {
                Assert.Equal(special, text[++index]);
            }
        }

        return plain.ToString();
    }
}
