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
        await session.SucceedAsync("Get-ConvoxRack");
        await session.FailAsync("Get-ConvoxRack -Rack nowhere", "RackNotFound");
        await session.SucceedAsync("Set-ConvoxRack -DefaultIssuer letsencrypt-staging -PassThru; Set-ConvoxRack -DefaultIssuer ''");
        await session.FailAsync("Set-ConvoxRack -DefaultIssuer nowhere", "UnknownIssuer");
        await session.SucceedAsync("Disconnect-ConvoxRack");
        await session.FailAsync("Disconnect-ConvoxRack -Rack $Rack", "NamedParameterNotFound");
        await session.SucceedAsync("Connect-ConvoxRack $Rack");
        Directory.CreateDirectory(session.PowerShell["newer"]);
        await File.WriteAllTextAsync(session.PowerShell["newer/rack.json"], "{\"Version\":99}");
        await session.FailAsync("Connect-ConvoxRack $Folder/newer", "Rack");
        await ScheduleAsync(session);
    }

    private static async Task ScheduleAsync(SecretsSession session)
    {
        LayProgram(session, "crontab", Crontab);
        LayProgram(session, "pwsh", "#!/bin/sh\n");
        await session.SucceedAsync("Register-ConvoxRenewal Cron -PowerShellPath $Folder/programs/pwsh -WhatIf");
        await session.SucceedAsync("Register-ConvoxRenewal Cron -PowerShellPath $Folder/programs/pwsh");
        await session.SucceedAsync("Register-ConvoxRenewal -Image example.org/pwsh -VolumeClaim rack");
        await session.FailAsync("Register-ConvoxRenewal Cron -PowerShellPath $Folder/none", "FileNotFound");
        await session.SucceedAsync("Get-ConvoxRenewal Cron");
        await session.FailAsync("Get-ConvoxRenewal CronJob", "CronJobNotInstalled");
        await session.SucceedAsync("Unregister-ConvoxRenewal Cron");
        await session.FailAsync("Unregister-ConvoxRenewal Cron", "RenewalNotRegistered");
    }

    private static void LayProgram(SecretsSession session, string name, string text)
    {
        Directory.CreateDirectory(session.PowerShell["programs"]);
        File.WriteAllText(session.PowerShell["programs/" + name], text);
        File.SetUnixFileMode(
            session.PowerShell["programs/" + name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
