namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>The options of a scripted API server.</summary>
public sealed record ScriptedKubernetesOptions
{
    /// <summary>The version of cert-manager's CustomResourceDefinitions.</summary>
    public CertManagerVersion CertManager { get; init; } = CertManagerVersion.V1_10_2;

    /// <summary>The only name in the server's certificate; null for localhost and 127.0.0.1.</summary>
    public string? ServerName { get; init; }

    /// <summary>The clock for timestamps.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
