using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

public sealed class EnvTestServerTests
{
    [RealKubernetesFact]
    public async Task It_serves_the_current_cert_manager_too()
    {
        var ct = CancellationToken.None;
        var server = await KubernetesTestServers.RealAsync(CertManagerVersion.V1_21_1);
        Assert.NotEmpty(await server.Admin.ListAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", ct));
    }
}
