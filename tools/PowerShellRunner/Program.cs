using PowerShellRunner;

var options = RunnerOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(RunnerOptions.Usage);
    return ExitCodes.BadUsage;
}

using var session = new RunnerSession(options);
using var interrupt = new InterruptHandler(session.Stop);
return session.Run();
