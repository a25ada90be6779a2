using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests;

/// <summary>
/// A convox.yml. What is edited is the text itself: comments, order, quoting, anchors and line ends stay as they are, and
/// each edit is read again and held against what was meant before it is given out.
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

    /// <summary>The text that was read.</summary>
    public string Text { get; }

    /// <summary>Where it was read from; stands in messages.</summary>
    public string Path { get; }

    /// <summary>Its services in their order; those that merge keys bring are among them.</summary>
    public IReadOnlyList<ManifestService> Services { get; }

    internal YamlDocument Document { get; }

    /// <summary>Reads a manifest: the first document of the text, which is the one that Convox reads.</summary>
    /// <param name="text">The text, without a byte order mark.</param>
    /// <param name="path">Where it was read from.</param>
    /// <exception cref="InvalidInputException"><c>InvalidManifest</c>: it is no YAML, or no manifest; the message has line and column.</exception>
    public static Manifest Parse(string text, string path) => new(text, path, YamlDocument.Parse(text, path));

    /// <summary>The service of that name.</summary>
    /// <exception cref="InvalidInputException"><c>ServiceNotFound</c>.</exception>
    public ManifestService Get(string service) => Services.FirstOrDefault(s => s.Name == service) ?? throw new InvalidInputException(
        ErrorCode.ServiceNotFound,
        Services.Count == 0
            ? $"'{Path}' has no service '{service}': it has none at all. Check the path."
            : $"'{Path}' has no service '{service}'. It has {string.Join(", ", Services.Select(s => s.Name))}.",
        service);

    /// <summary>The text with another <c>certificate.id</c> of one service; the same text where that has it already.</summary>
    /// <exception cref="InvalidInputException"><c>ServiceNotFound</c>, <c>InvalidCertificateId</c>.</exception>
    /// <exception cref="EngineException"><c>ManifestNotEditable</c>: others would change too, or there is no way to write just that.</exception>
    public string WithCertificate(string service, string id)
    {
        RequireId(id);
        var found = Get(service);
        return found.CertificateId == id ? Text : Edit(found, id, editor => editor.FindSetEdits(id));
    }

    /// <summary>The text without <c>certificate.id</c> of one service; the same text where there is none.</summary>
    /// <exception cref="InvalidInputException"><c>ServiceNotFound</c>.</exception>
    /// <exception cref="EngineException"><c>ManifestNotEditable</c>: a merge key or an alias gives it, or others would change too.</exception>
    public string WithoutCertificate(string service)
    {
        var found = Get(service);
        return found.CertificateId is null ? Text : Edit(found, null, editor => editor.FindRemoveEdits());
    }

    private string Edit(ManifestService service, string? id, Func<CertificateEditor, IEnumerable<TextEdit>> waysOf)
    {
        var editor = new CertificateEditor(this, service);
        return waysOf(editor).Select(way => way.Apply(Text)).FirstOrDefault(text => EditCheck.IsExact(this, text, service.Name, id))
            ?? throw editor.CreateException("there is no way to write just that");
    }

    // What Kubernetes lets a Secret be called, and what a local rack lets a certificate be called.
    private static void RequireId(string id)
    {
        if (id.Length is 0 or > MaxIdLength || !char.IsAsciiLetterOrDigit(id[0]) || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidCertificateId,
                $"'{id}' can't be the id of a certificate: ids hold 1 to {MaxIdLength} letters, digits, '-', '_' and '.', and begin with a letter or digit. Get-ConvoxCertificate lists them.",
                id);
        }
    }
}
