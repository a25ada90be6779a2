namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>How a scripted API server behaves.</summary>
public sealed record ScriptedKubernetesOptions
{
    /// <summary>Which cert-manager it serves.</summary>
    public CertManagerVersion CertManager { get; init; } = CertManagerVersion.V1_10_2;

    /// <summary>The clock that its timestamps are read from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
