using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests;

/// <summary>
/// A convox.yml. Edits change the text itself: comments, order, quoting, anchors and line endings stay the same. Each edited
/// text is parsed again and checked before it is returned.
/// </summary>
public sealed class Manifest
{
    private const int MaxIdLength = 253;

    private Manifest(string text, string path, YamlDocument document)
    {
        Text = text;
        Path = path;
        Document = document;
        Services = new ServiceReader(path).Read(document.Root);
    }

    /// <summary>The text of the manifest.</summary>
    public string Text { get; }

    /// <summary>The path of the file, for messages.</summary>
    public string Path { get; }

    /// <summary>The services in order, including those from merge keys.</summary>
    public IReadOnlyList<ManifestService> Services { get; }

    internal YamlDocument Document { get; }

    /// <summary>Parses the first document of a text, the one that Convox reads.</summary>
    /// <param name="text">The text, without a byte order mark.</param>
    /// <param name="path">The path of the file, for messages.</param>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidManifest</c>: not valid YAML, or not a manifest. The message has line and column.
    /// </exception>
    public static Manifest Parse(string text, string path) => new(text, path, YamlDocument.Parse(text, path));

    /// <summary>Gets the service of a name.</summary>
    /// <exception cref="InvalidInputException"><c>ServiceNotFound</c>.</exception>
    public ManifestService Get(string service) => Services.FirstOrDefault(s => s.Name == service) ?? throw new InvalidInputException(
        ErrorCode.ServiceNotFound,
        Services.Count == 0
            ? $"Cannot find service '{service}' in '{Path}', which has no services."
            : $"Cannot find service '{service}' in '{Path}'.",
        service)
    {
        Remedy = Services.Count == 0
            ? "Check the path."
            : Suggestion.Prepend(
                service, Services.Select(s => s.Name), $"Its services are {string.Join(", ", Services.Select(s => s.Name))}."),
    };

    /// <summary>Returns the text with a new <c>certificate.id</c> of one service; the same text if the id is unchanged.</summary>
    /// <exception cref="InvalidInputException"><c>ServiceNotFound</c>, <c>InvalidCertificateId</c>.</exception>
    /// <exception cref="EngineException"><c>ManifestNotEditable</c>: no edit changes only this id.</exception>
    public string WithCertificate(string service, string id)
    {
        RequireId(id);
        var found = Get(service);
        return found.CertificateId == id ? Text : Edit(found, id, editor => editor.FindSetEdits(id));
    }

    /// <summary>Returns the text without <c>certificate.id</c> of one service; the same text if there is none.</summary>
    /// <exception cref="InvalidInputException"><c>ServiceNotFound</c>.</exception>
    /// <exception cref="EngineException"><c>ManifestNotEditable</c>: no edit changes only this id.</exception>
    public string WithoutCertificate(string service)
    {
        var found = Get(service);
        return found.CertificateId is null ? Text : Edit(found, null, editor => editor.FindRemoveEdits());
    }

    private string Edit(ManifestService service, string? id, Func<CertificateEditor, IEnumerable<TextEdit>> findEdits)
    {
        var editor = new CertificateEditor(this, service);
        return findEdits(editor).Select(edit => edit.Apply(Text)).FirstOrDefault(text => EditCheck.IsExact(this, text, service.Name, id))
            ?? throw editor.CreateException("no edit would change only this service");
    }

    // The rule for names of Kubernetes Secrets and of certificates on a local rack.
    private static void RequireId(string id)
    {
        if (id.Length is 0 or > MaxIdLength
            || !char.IsAsciiLetterOrDigit(id[0])
            || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidCertificateId,
                $"'{id}' is not a valid certificate id: it must consist of 1 to {MaxIdLength} letters, digits, '-', '_' and '.', "
                + "and begin with a letter or digit.",
                id);
        }
    }
}
