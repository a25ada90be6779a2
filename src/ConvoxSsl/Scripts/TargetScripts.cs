using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Targets;

namespace ConvoxSsl.Scripts;

/// <summary>Runs the scripts of certificate targets. Each call runs in a new session.</summary>
internal static class TargetScripts
{
    private static readonly TimeSpan DefaultTimeLimit = TimeSpan.FromMinutes(5);

    /// <summary>Runs a script within its time limit.</summary>
    /// <param name="call">The call.</param>
    /// <param name="certificate">The certificate as the script receives it.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>TargetScriptFailed</c>.</exception>
    public static async Task RunAsync(TargetScriptCall call, ConvoxCertificate certificate, CancellationToken ct)
    {
        var name = $"The script of certificate target {call.Target.Id}";
        var limit = call.Target.TimeLimit ?? DefaultTimeLimit;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stopping.CancelAfter(limit);
        try
        {
            var script = ScriptBinding.ForCertificate(call.Target.Script!)
                .Bind(ErrorCode.TargetScriptFailed, certificate, call.Directory);
            foreach (var line in await script.RunAsync(name, stopping.Token))
            {
                call.OnLine(line);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new EngineException(
                ErrorCode.TargetScriptFailed,
                EngineErrorKind.TimedOut,
                $"{name} did not end within {DurationText.Format(limit)} and was stopped.",
                call.Target.Id);
        }
    }
}
