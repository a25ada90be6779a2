using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Tests a certificate target step by step: its certificates, its files and its reload. Changes nothing.</summary>
/// <remarks>
/// All steps run, even after a failure, whose Remedy says what to do. Targets of other machines can be tested only there. Without a number,
/// all targets are tested one after another. Each check has the Target.
/// </remarks>
/// <example>
/// <para>Tests a target.</para>
/// <code>Test-ConvoxCertificateTarget 1</code>
/// </example>
/// <example>
/// <para>Shows the failed checks of all targets.</para>
/// <code>Test-ConvoxCertificateTarget | Where-Object Passed -eq $false</code>
/// </example>
/// <example>
/// <para>Tests all targets in a check that fails if one does not work.</para>
/// <code>
/// $failed = @(Test-ConvoxCertificateTarget | Where-Object Passed -eq $false)
/// if ($failed.Count -gt 0) { throw "Target $($failed[0].Target): $($failed[0].Detail)" }
/// </code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ConvoxCertificateTarget", HelpUri = HelpPages.Targets)]
[OutputType(typeof(ConvoxCheck))]
public sealed class TestConvoxCertificateTargetCommand : ConvoxCmdlet
{
    // The view in ConvoxSsl.Format.ps1xml groups the checks by target.
    private const string ViewName = "ConvoxSsl.ConvoxCheck#Target";

    /// <summary>The numbers of the targets. Wildcards are permitted. By default all targets.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectNumber("certificate target", "Get-ConvoxCertificateTarget")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Target)]
    public string[]? Id { get; set; }

    private protected override object? Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        ProcessTargets(session, Id ?? ["*"], id => Run(ct => TestAsync(session, id, ct)));
    }

    private async Task TestAsync(RackSession session, int id, CancellationToken ct)
    {
        await foreach (var check in session.Engine.Targets.TestAsync(id, ct))
        {
            WriteCheck(check.ToModel(GetType()) with { Target = id }, ViewName);
        }
    }
}
