using System.Text.RegularExpressions;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests;

/// <summary>The engine's packages import downward only, as docs/architecture.md draws them.</summary>
public sealed partial class LayeringTests
{
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["Certificates"] = [],
        ["Files"] = [],
        ["Acme"] = ["Certificates"],
        ["Dns"] = ["Certificates"],
        ["Challenges"] = ["Acme", "Certificates", "Dns"],
        ["Racks"] = ["Acme", "Certificates", "Dns", "Files"],
        ["Schedules"] = ["Files"],
        ["Manifests"] = ["Files"],
        ["Issuance"] = ["Acme", "Certificates", "Challenges", "Dns", "Files", "Racks"],
    };

    [Fact]
    public void A_package_of_the_engine_uses_only_what_is_below_it()
    {
        var engine = Path.Combine(RepositoryRoot.Path, "src", "ConvoxSsl.Engine");
        var packages = Directory.GetDirectories(engine).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj")).ToArray();

        var upward = packages.SelectMany(package => Directory.EnumerateFiles(Path.Combine(engine, package!), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Package().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)
                .Where(used => used != package && Below.ContainsKey(used) && !Below[package!].Contains(used))
                .Select(used => $"{Path.GetRelativePath(engine, file)} uses {used}")));

        Assert.Equal(Below.Keys.Order(StringComparer.Ordinal), packages.Order(StringComparer.Ordinal));
        Assert.Empty(upward.Distinct());
    }

    [GeneratedRegex(@"ConvoxSsl\.Engine\.(?<name>[A-Z]\w+)")]
    private static partial Regex Package();
}
