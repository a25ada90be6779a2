using System.Collections;
using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Converts objects with an ID or a domain to text that selects their certificates: objects of this module, rows of a CSV file, and
/// objects that a job or a file deserialized. PowerShell would convert the object as a whole before it looks at its properties.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CertificateIdAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object?[] items = inputData is IList list ? [.. list]
            : inputData is PSObject { BaseObject: IList wrapped } ? [.. wrapped]
            : [inputData];
        var texts = Array.ConvertAll(items, GetText);
        return Array.TrueForAll(texts, text => text is not null) ? texts : inputData;
    }

    private static string? GetText(object? item) => item is null ? null
        : CertificateInput.FindText(item) is { } text ? text
        : (item is PSObject wrapper ? wrapper.BaseObject : item) is not (PSCustomObject or IDictionary)
            && !CertificateInput.IsOfModule(item) ? null
        : throw new ArgumentTransformationMetadataException(
            "The object has no Id, CertificateId or Domain, so it does not name a certificate. Give a certificate, an ID, a domain, or "
            + "an object such as [pscustomobject]@{ Domain = 'www.example.org' }.");
}
