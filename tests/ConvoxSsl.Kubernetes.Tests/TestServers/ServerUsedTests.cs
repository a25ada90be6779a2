using ConvoxSsl.TestKit.Kubernetes;
using Xunit.Abstractions;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

public sealed class ServerUsedTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_summary_says_which_api_server_the_tests_used()
    {
        var line = await KubernetesTestServers.SummaryAsync();
        output.WriteLine(line);
        Assert.StartsWith("Kubernetes: ", line, StringComparison.Ordinal);
    }
}
