using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

/// <summary>Tests on the real API server, if there is one, with the cert-manager version of Convox racks.</summary>
public sealed class RackDelegationTests() : DelegationTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Tests on the real API server, if there is one, with the current cert-manager version.</summary>
public sealed class CurrentDelegationTests() : DelegationTests(() => KubernetesTestServers.CurrentAsync(CertManagerVersion.V1_21_1));

/// <summary>Tests on the scripted API server.</summary>
public sealed class ScriptedDelegationTests() : DelegationTests(() => KubernetesTestServers.ScriptedAsync());
