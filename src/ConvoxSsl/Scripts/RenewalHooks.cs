using System.Management.Automation;

namespace ConvoxSsl.Scripts;

/// <summary>
/// Runs the scripts of <c>-OnRenewed</c> and <c>-OnFailed</c>. A failing script is a warning and never affects a stored certificate.
/// </summary>
/// <param name="onRenewed">The script for an issued certificate, or null.</param>
/// <param name="onFailed">The script for a failed issuance, or null.</param>
/// <param name="verbose">Writes the scripts' output.</param>
/// <param name="warn">Writes a warning.</param>
internal sealed class RenewalHooks(ScriptBlock? onRenewed, ScriptBlock? onFailed, Action<string> verbose, Action<string> warn)
{
    /// <summary>True if there is a script for this result.</summary>
    public bool Handles(ConvoxRenewalResult result) => Find(result).Script is not null;

    /// <summary>Runs the script for a result. Call this on the pipeline thread, because the script may call any command.</summary>
    public void Run(ConvoxRenewal renewal)
    {
        var (parameter, script) = Find(renewal.Result);
        if (script is null)
        {
            return;
        }

        try
        {
            foreach (var output in script.InvokeWithContext(null, [new PSVariable("_", renewal)], renewal))
            {
                verbose($"-{parameter}: {output}");
            }
        }
        catch (Exception e) when (e is not PipelineStoppedException)
        {
            warn($"The script of -{parameter} failed for {renewal.Id}: {e.Message} The certificate is not affected.");
        }
    }

    private (string Parameter, ScriptBlock? Script) Find(ConvoxRenewalResult result) => result switch
    {
        ConvoxRenewalResult.Renewed => ("OnRenewed", onRenewed),
        ConvoxRenewalResult.Failed => ("OnFailed", onFailed),
        _ => (string.Empty, null),
    };
}
