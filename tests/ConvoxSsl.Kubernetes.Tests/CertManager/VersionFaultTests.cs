using ConvoxSsl.Kubernetes.CertManager;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

public sealed class VersionFaultTests
{
    [Theory]
    [InlineData("1.10.2", true)]
    [InlineData("1.12.15", true)]
    [InlineData("1.12.16", false)]
    [InlineData("1.15.9", true)]
    [InlineData("1.16.3", true)]
    [InlineData("1.16.4", false)]
    [InlineData("1.16.12", false)]
    [InlineData("1.17.0", true)]
    [InlineData("1.17.1", false)]
    [InlineData("1.18.0", false)]
    [InlineData("1.21.1", false)]
    [InlineData("2.0.0", false)]
    public void A_version_of_Cloudflares_fault_is_known(string version, bool isFaulty) =>
        Assert.Equal(isFaulty, VersionFault.FindByProvider("Cloudflare")!.IsIn(Version.Parse(version)));

    [Fact]
    public void Other_providers_and_messages_have_no_known_fault()
    {
        Assert.Null(VersionFault.FindByProvider("Route53"));
        Assert.Null(VersionFault.FindByProvider(null));
        Assert.Null(VersionFault.FindBySymptom(null));
        Assert.Null(VersionFault.FindBySymptom("Waiting for DNS-01 challenge propagation"));
        Assert.Null(VersionFault.FindBySymptom("""while querying the Cloudflare API for DELETE "/zones/1/dns_records/2" """));
    }

    [Theory]
    [InlineData("www.example.org", "cloudflare")]
    [InlineData("*.example.org", "cloudflare")]
    [InlineData("a.eu.example.org", "route53")]
    [InlineData("eu.example.org", "route53")]
    [InlineData("exact.eu.example.org", "cloudflare")]
    [InlineData("www.notexample.org", null)]
    [InlineData("*.example.net", null)]
    public void The_solver_of_a_domain_is_selected_as_by_cert_manager(string domain, string? provider)
    {
        var solvers = IssuerSolver.ReadAll(System.Text.Json.Nodes.JsonNode.Parse(
            """
            {"spec":{"acme":{"solvers":[
              {"http01":{"ingress":{"class":"nginx"}}},
              {"selector":{"dnsZones":["example.org"]},"dns01":{"cnameStrategy":"Follow","cloudflare":{}}},
              {"selector":{"dnsZones":["eu.example.org"]},"dns01":{"route53":{"region":"eu-west-1"}}},
              {"selector":{"dnsNames":["exact.eu.example.org"]},"dns01":{"cloudflare":{}}},
              {"selector":{"matchLabels":{"team":"web"}},"dns01":{"cloudflare":{}}},
              {"selector":{"dnsZones":["example.org"],"dnsNames":["other.example.com"]},"dns01":{"acmeDNS":{}}}
            ]}}}
            """)!.AsObject());

        var selected = IssuerSolver.Select(solvers, domain);

        Assert.Equal(provider, selected?.DnsProviders.FirstOrDefault(name => name != "cnameStrategy"));
    }
}
