using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Tests.Commands;

public sealed class HelpUriTests
{
    public static TheoryData<Type> Cmdlets => new(typeof(ConvoxRack).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null));

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void HelpUri_EveryCmdlet_OpensAGuideOfTheProject(Type cmdlet)
    {
        var project =
            XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Build.props")).Descendants("PackageProjectUrl").Single().Value;

        var uri = cmdlet.GetCustomAttribute<CmdletAttribute>()!.HelpUri;

        Assert.StartsWith($"{project}/blob/main/docs/", uri, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(RepositoryRoot.Path, "docs", Path.GetFileName(uri))), uri);
    }
}
