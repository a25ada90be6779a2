using ConvoxSsl.TestKit.Kubernetes;
using Xunit.Abstractions;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

public sealed class ServerUsedTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_test_summary_names_the_API_server()
    {
        var line = await KubernetesTestServers.SummaryAsync();
        output.WriteLine(line);
        Assert.StartsWith("Kubernetes: ", line, StringComparison.Ordinal);
    }
}
