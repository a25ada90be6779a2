namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>The cert-manager version whose CustomResourceDefinitions an API server serves.</summary>
public enum CertManagerVersion
{
    /// <summary>cert-manager v1.10.2, the version of Convox racks.</summary>
    V1_10_2,

    /// <summary>cert-manager v1.21.1.</summary>
    V1_21_1,

    /// <summary>No cert-manager.</summary>
    None,
}

/// <summary>cert-manager's CustomResourceDefinitions, which are files of the tests.</summary>
public static class CertManagerDefinitions
{
    /// <summary>The YAML documents.</summary>
    public static IReadOnlyList<string> Read(CertManagerVersion version) => version == CertManagerVersion.None
        ? []
        :
        [
            .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Kubernetes", "Crds", Folder(version)), "*.yaml")
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllText),
        ];

    internal static string Folder(CertManagerVersion version) => version == CertManagerVersion.V1_10_2 ? "v1.10.2" : "v1.21.1";
}
