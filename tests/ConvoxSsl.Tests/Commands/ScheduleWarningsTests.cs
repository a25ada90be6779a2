using ConvoxSsl.Commands;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Tests.Commands;

public sealed class ScheduleWarningsTests
{
    [Theory]
    [InlineData("WEB1", false, "may reload nginx, haproxy only if")]
    [InlineData("web1", true, null)]
    [InlineData("web2", false, null)]
    public void FindServices_NamesTheServicesOfThisMachine(string machine, bool isPrivileged, string? expected)
    {
        CertificateTarget[] targets = [Create(1, "nginx"), Create(2, null), Create(3, "haproxy"), Create(4, "nginx")];

        var warning = ScheduleWarnings.FindServices(targets, machine, isPrivileged);

        Assert.Equal(expected is null, warning is null);
        Assert.Contains(expected ?? string.Empty, warning ?? string.Empty, StringComparison.Ordinal);
    }

    private static CertificateTarget Create(int id, string? service) => new()
    {
        Id = id,
        Machine = "web1",
        Domain = "www.example.org",
        Reload = service is null ? null : new TargetReload { Service = service },
    };
}
