namespace ConvoxSsl.Architecture.Tests;

/// <summary>
/// Only the composition root names implementations: of racks, their stores, controllers and publishers, and of DNS providers. So
/// another kind of rack or provider changes no other file.
/// </summary>
public sealed class CompositionTests
{
    // The projects that plug in a rack or a DNS provider.
    private static readonly string[] PlugIns = ["ConvoxSsl.Kubernetes", "ConvoxSsl.Route53"];

    [Fact]
    public void Racks_stores_and_DNS_providers_are_recognized_as_implementations()
    {
        var implementations = DependencyGraph.Current.Implementations.Select(implementation => implementation.UserType);

        Assert.Superset(
            new HashSet<string>
            {
                "LocalRack", "LocalCertificateStore", "KubernetesRack", "KubernetesCertificateStore", "CertManagerController",
                "KubernetesCertificatePublisher", "CloudflareProvider", "Route53Provider", "ScriptDnsProvider",
            },
            implementations.ToHashSet());
    }

    [Fact]
    public void Only_the_composition_root_names_implementations()
    {
        var implementations = DependencyGraph.Current.Implementations
            .Select(implementation => (implementation.User, implementation.UserType))
            .ToHashSet();

        var wrong = DependencyGraph.Current.Dependencies
            .Where(dependency => implementations.Contains((dependency.Used, dependency.UsedType)))
            .Where(dependency => !IsCompositionRoot(dependency.User) && !IsWithinPlugIn(dependency) && !IsBelow(dependency))
            .ToArray();

        Assert.True(wrong.Length == 0, string.Join('\n', wrong.AsEnumerable()));
    }

    [Fact]
    public void Only_the_composition_root_names_types_of_plug_ins()
    {
        var wrong = DependencyGraph.Current.Dependencies
            .Where(dependency => PlugIns.Contains(dependency.Used.Project) && dependency.User.Project != dependency.Used.Project)
            .Where(dependency => !IsCompositionRoot(dependency.User))
            .ToArray();

        Assert.True(wrong.Length == 0, string.Join('\n', wrong.AsEnumerable()));
    }

    private static bool IsCompositionRoot(SourceFile file) => file is { Project: "ConvoxSsl", Folder: "" };

    private static bool IsWithinPlugIn(Dependency dependency) =>
        PlugIns.Contains(dependency.Used.Project) && dependency.User.Project == dependency.Used.Project;

    // A nested folder is part of the implementation.
    private static bool IsBelow(Dependency dependency) =>
        dependency.User.Project == dependency.Used.Project
        && dependency.User.Folder.StartsWith($"{dependency.Used.Folder}/", StringComparison.Ordinal);
}
