namespace ConvoxSsl.Architecture.Tests;

/// <summary>Namespaces follow folders.</summary>
public sealed class NamespaceTests
{
    // Users see the namespaces of the module's own types, so these are shorter than their folders.
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["ConvoxSsl/Models"] = "ConvoxSsl",
        ["ConvoxSsl/Commands/AcmeAccount"] = "ConvoxSsl.Commands",
        ["ConvoxSsl/Commands/Certificate"] = "ConvoxSsl.Commands",
        ["ConvoxSsl/Commands/CertificateTarget"] = "ConvoxSsl.Commands",
        ["ConvoxSsl/Commands/DnsSolver"] = "ConvoxSsl.Commands",
        ["ConvoxSsl/Commands/Endpoint"] = "ConvoxSsl.Commands",
        ["ConvoxSsl/Commands/Rack"] = "ConvoxSsl.Commands",
        ["ConvoxSsl/Commands/Renewal"] = "ConvoxSsl.Commands",
        ["ConvoxSsl/Commands/ServiceCertificate"] = "ConvoxSsl.Commands",
        ["ConvoxSsl/Commands/Webhook"] = "ConvoxSsl.Commands",
    };

    [Fact]
    public void The_namespace_of_a_file_is_its_folder()
    {
        var wrong = SourceTree.Current.Files
            .Where(file => file.Types.Count > 0 && file.Namespace != GetNamespace(file) && !IsPublic(file))
            .Select(file => $"{file.Path}: {file.Namespace} is not {GetNamespace(file)}");

        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    [Fact]
    public void A_file_is_named_after_a_type_that_it_declares()
    {
        var names = SourceTree.Current.Files.Select(file => (file.Project, file.Folder, GetName(file))).ToHashSet();

        // A part of a partial type may have a name of its own beside the file named after the type.
        var wrong = SourceTree.Current.Files
            .Where(file => file.Types.Count > 0 && !file.Types.Any(type => names.Contains((file.Project, file.Folder, type))))
            .Select(file => $"{file.Path} declares {string.Join(", ", file.Types)}");

        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    // Exceptions, attributes and other types that a user may name are in the module's own namespace.
    private static bool IsPublic(SourceFile file) =>
        file is { Project: "ConvoxSsl", Namespace: "ConvoxSsl" } && file.Text.Contains("\npublic ", StringComparison.Ordinal);

    private static string GetName(SourceFile file) => Path.GetFileNameWithoutExtension(file.Path).Split('.')[0];

    private static string GetNamespace(SourceFile file)
    {
        var folder = file.Folder.Length == 0 ? file.Project : $"{file.Project}/{file.Folder}";
        return Exceptions.GetValueOrDefault(folder, folder.Replace('/', '.'));
    }
}
