using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ConvoxSsl.Package.Tests;

public sealed partial class ThirdPartyNoticesTests
{
    [Fact]
    public void Exactly_the_shipped_third_party_assemblies_are_listed_with_their_versions()
    {
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "ConvoxSsl", "packages.lock.json")));
        var versions = locked.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.TryGetProperty("resolved", out _))
            .ToDictionary(package => package.Name, package => package.Value.GetProperty("resolved").GetString());
        var shipped = Directory.GetFiles(Path.Combine(Repository.Module, "lib"), "*.dll", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => !name.StartsWith("ConvoxSsl.", StringComparison.Ordinal))
            .Distinct();

        Assert.Equal(
            shipped.Select(name => $"{name} {versions[name]}").Order(StringComparer.Ordinal),
            Entries().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_entry_has_a_licence_whose_text_is_shipped()
    {
        var text = Notices();
        Assert.All(PackageEntry().Matches(text), entry => Assert.Matches("^(Apache-2.0|MIT)$", entry.Groups["licence"].Value));
        Assert.Contains("Permission is hereby granted, free of charge", text, StringComparison.Ordinal);
        Assert.Contains("Apache License", File.ReadAllText(Path.Combine(Repository.Module, "LICENSE")), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_licence_is_that_of_the_package_and_each_notice_file_is_included()
    {
        var root = typeof(ThirdPartyNoticesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "NuGetPackageRoot").Value!;
        var text = Notices();
        Assert.All(PackageEntry().Matches(text), entry =>
        {
            var (name, version) = entry.Groups["package"].Value.Split(' ') is [var first, var second] ? (first, second) : default;
            var package = Path.Combine(root, name!.ToLowerInvariant(), version!);
            var specification = XDocument.Load(Path.Combine(package, $"{name.ToLowerInvariant()}.nuspec"));
            var licence = specification.Descendants().Single(element => element.Name.LocalName == "license").Value;
            Assert.Equal(licence, entry.Groups["licence"].Value);

            // Apache-2.0, section 4d.
            Assert.All(
                Directory.GetFiles(package).Where(file => NoticeFile().IsMatch(Path.GetFileName(file))),
                file => Assert.Contains(File.ReadAllText(file).Trim(), text, StringComparison.Ordinal));
        });
    }

    private static string Notices() => File.ReadAllText(Path.Combine(Repository.Module, "THIRD-PARTY-NOTICES.txt"));

    private static IEnumerable<string> Entries() => PackageEntry().Matches(Notices()).Select(entry => entry.Groups["package"].Value);

    [GeneratedRegex(
        @"^(?<package>[\w.]+ \d[\d.]*)\n  Licence: (?<licence>.+)\n  .*[Cc]opyright", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex PackageEntry();

    [GeneratedRegex(@"^NOTICE(\.\w+)?$", RegexOptions.IgnoreCase)]
    private static partial Regex NoticeFile();
}
