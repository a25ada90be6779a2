using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

/// <summary>On the real API server, where there is one, with the cert-manager of a Convox rack.</summary>
public sealed class RackDelegationTests() : DelegationTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>On the real API server, where there is one, with today's cert-manager.</summary>
public sealed class CurrentDelegationTests() : DelegationTests(() => KubernetesTestServers.CurrentAsync(CertManagerVersion.V1_21_1));

/// <summary>On the scripted API server, always.</summary>
public sealed class ScriptedDelegationTests() : DelegationTests(() => KubernetesTestServers.ScriptedAsync());
