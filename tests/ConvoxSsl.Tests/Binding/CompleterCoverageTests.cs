using System.Management.Automation;
using System.Reflection;
using System.Security;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Tests.Binding;

/// <summary>That the tab key has something to offer wherever something is known.</summary>
public sealed class CompleterCoverageTests
{
    // PowerShell itself offers files and folders.
    private static readonly string[] Paths =
        ["Path", "KeyPath", "ChainPath", "CertificateSigningRequest", "CaCertificate", "WebRoot", "OutFile", "KubeConfig", "PowerShellPath", "Html"];

    // What only its owner or a cluster knows.
    private static readonly string[] Texts =
        ["App", "DnsServer", "ExternalAccountKeyId", "ExternalId", "HttpAddress", "Image", "Namespace", "PreferredChain", "ServiceAccount", "Url", "VolumeClaim", "CertManagerRole", "ApiTokenSecret", "ApiKeySecret",
        "PluginArgsSecret", "Vault"];

    [Fact]
    public void Every_parameter_that_takes_text_has_a_completer_or_is_known_to_have_nothing_to_offer()
    {
        var silent = Parameters.Where(p => TakesText(p) && p.GetCustomAttribute<ArgumentCompleterAttribute>() is null && p.GetCustomAttribute<ValidateSetAttribute>() is null);

        Assert.Empty(silent.Where(p => !Paths.Contains(p.Name) && !Texts.Contains(p.Name)).Select(p => $"{p.DeclaringType!.Name}.{p.Name}").Distinct());
    }

    [Theory]
    [InlineData("Id")]
    [InlineData("Issuer")]
    [InlineData("Profile")]
    [InlineData("Domain")]
    [InlineData("DnsZone")]
    [InlineData("HostedZoneId")]
    [InlineData("Region")]
    [InlineData("ProfileName")]
    [InlineData("Role")]
    [InlineData("Rack")]
    [InlineData("Service")]
    [InlineData("Context")]
    [InlineData("Contact")]
    [InlineData("Version")]
    [InlineData("PoshAcmePlugin")]
    public void Wherever_a_name_is_taken_it_is_completed(string name)
    {
        var parameters = Parameters.Where(p => p.Name == name && !IsNewNumber(p)).ToArray();

        Assert.NotEmpty(parameters);
        Assert.All(parameters, p => Assert.NotNull(p.GetCustomAttribute<ArgumentCompleterAttribute>()));
    }

    private static IEnumerable<PropertyInfo> Parameters => typeof(AsyncCmdlet).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null)
        .SelectMany(type => type.GetProperties().Where(p => p.GetCustomAttributes<ParameterAttribute>().Any()));

    // Add-ConvoxDnsSolver takes a number that no solver has yet.
    private static bool IsNewNumber(PropertyInfo parameter) => parameter is { Name: "Id", DeclaringType.Name: "AddConvoxDnsSolverCommand" };

    private static bool TakesText(PropertyInfo parameter) =>
        (parameter.PropertyType.GetElementType() ?? parameter.PropertyType) is var type && (type == typeof(string) || type == typeof(object) || type == typeof(ConvoxRack)) && type != typeof(SecureString);
}
