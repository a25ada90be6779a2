namespace ConvoxSsl.Tests.Secrets;

/// <summary>Racks and schedules, which have access only to the secrets of the rack.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class RackScenarios
{
    private const string Crontab = """
        #!/bin/sh
        case "$1" in
          -l) [ -f "$0.tab" ] || { echo "no crontab for me" >&2; exit 1; }; cat "$0.tab" ;;
          -r) rm "$0.tab" ;;
          -) cat > "$0.tab" ;;
        esac
        """;

    public static async Task RunAsync(SecretsSession session)
    {
        await session.GoodAsync("Get-ConvoxRack");
        await session.BadAsync("Get-ConvoxRack -Rack nowhere", "RackNotFound");
        await session.GoodAsync("Disconnect-ConvoxRack");
        await session.BadAsync("Disconnect-ConvoxRack -Rack $Rack", "NamedParameterNotFound");
        await session.GoodAsync("Connect-ConvoxRack $Rack");
        Directory.CreateDirectory(session.PowerShell["newer"]);
        await File.WriteAllTextAsync(session.PowerShell["newer/rack.json"], "{\"Version\":99}");
        await session.BadAsync("Connect-ConvoxRack $Folder/newer", "Rack");
        await ScheduleAsync(session);
    }

    private static async Task ScheduleAsync(SecretsSession session)
    {
        LayProgram(session, "crontab", Crontab);
        LayProgram(session, "pwsh", "#!/bin/sh\n");
        await session.GoodAsync("Register-ConvoxRenewal Cron -PowerShellPath $Folder/programs/pwsh -WhatIf");
        await session.GoodAsync("Register-ConvoxRenewal Cron -PowerShellPath $Folder/programs/pwsh");
        await session.GoodAsync("Register-ConvoxRenewal -Image example.org/pwsh -VolumeClaim rack");
        await session.BadAsync("Register-ConvoxRenewal Cron -PowerShellPath $Folder/none", "FileNotFound");
        await session.GoodAsync("Get-ConvoxRenewal Cron");
        await session.BadAsync("Get-ConvoxRenewal CronJob", "CronJobNotInstalled");
        await session.GoodAsync("Unregister-ConvoxRenewal Cron");
        await session.BadAsync("Unregister-ConvoxRenewal Cron", "RenewalNotRegistered");
    }

    private static void LayProgram(SecretsSession session, string name, string text)
    {
        Directory.CreateDirectory(session.PowerShell["programs"]);
        File.WriteAllText(session.PowerShell["programs/" + name], text);
        File.SetUnixFileMode(
            session.PowerShell["programs/" + name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
