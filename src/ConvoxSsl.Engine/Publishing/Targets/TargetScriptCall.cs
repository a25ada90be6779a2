using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>A call of a target's script.</summary>
/// <param name="Target">The target.</param>
/// <param name="Certificate">The certificate.</param>
/// <param name="Directory">The directory with cert.pem, chain.pem, fullchain.pem and privkey.pem, which only the user can read.</param>
/// <param name="OnLine">Receives the output.</param>
public sealed record TargetScriptCall(CertificateTarget Target, CertificateEntry Certificate, string Directory, Action<string> OnLine);

/// <summary>Runs the script of a target.</summary>
/// <param name="call">The call.</param>
/// <param name="ct">The cancellation token.</param>
/// <exception cref="EngineException"><c>TargetScriptFailed</c>.</exception>
public delegate Task TargetScriptRunner(TargetScriptCall call, CancellationToken ct);
