using System.Management.Automation;
using System.Reflection;
using System.Security;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Tests.Binding;

/// <summary>Tests that every parameter with known values has a completer.</summary>
public sealed class CompleterCoverageTests
{
    // PowerShell completes files and directories.
    private static readonly string[] Paths =
        [
            "Path", "KeyPath", "ChainPath", "CertificateSigningRequest", "CaCertificate", "WebRoot", "OutFile", "KubeConfig",
            "PowerShellPath", "Html", "CertificatePath",
        ];

    // Values that only the owner, a cluster or the operating system knows.
    private static readonly string[] Texts =
        ["App", "DnsServer", "ExternalAccountKeyId", "ExternalId", "HttpAddress", "Image", "Namespace", "PreferredChain",
        "ServiceAccount", "Url", "VolumeClaim", "CertManagerRole", "ApiTokenSecret", "ApiKeySecret",
        "PluginArgsSecret", "Vault", "Owner", "Group", "Mode", "Command"];

    [Fact]
    public void Every_text_parameter_has_a_completer_or_is_listed_as_free_text()
    {
        var silent = Parameters.Where(p =>
            AcceptsText(p)
                && p.GetCustomAttribute<ArgumentCompleterAttribute>() is null
                && p.GetCustomAttribute<ValidateSetAttribute>() is null);

        Assert.Empty(silent.Where(p => !Paths.Contains(p.Name) && !Texts.Contains(p.Name))
            .Select(p => $"{p.DeclaringType!.Name}.{p.Name}")
            .Distinct());
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
    public void Every_parameter_of_this_name_has_a_completer(string name)
    {
        var parameters = Parameters.Where(p => p.Name == name && !IsNewNumber(p)).ToArray();

        Assert.NotEmpty(parameters);
        Assert.All(parameters, p => Assert.NotNull(p.GetCustomAttribute<ArgumentCompleterAttribute>()));
    }

    private static IEnumerable<PropertyInfo> Parameters => typeof(AsyncCmdlet).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null)
        .SelectMany(type => type.GetProperties().Where(p => p.GetCustomAttributes<ParameterAttribute>().Any()));

    // Add-ConvoxDnsSolver needs an unused number.
    private static bool IsNewNumber(PropertyInfo parameter) => parameter is { Name: "Id", DeclaringType.Name: "AddConvoxDnsSolverCommand" };

    private static bool AcceptsText(PropertyInfo parameter) =>
        (parameter.PropertyType.GetElementType() ?? parameter.PropertyType) is var type
            && (type == typeof(string) || type == typeof(object) || type == typeof(ConvoxRack))
            && type != typeof(SecureString);
}
