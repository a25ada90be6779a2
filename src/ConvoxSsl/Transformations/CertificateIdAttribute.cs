using System.Collections;
using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Converts objects with an ID or a domain to text that selects their certificates: objects of this module, rows of a CSV file, and
/// objects that a job or a file deserialized. PowerShell would convert the object as a whole before it looks at its properties. Rejects
/// all other objects, whose text names no certificate.
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

    private static string? GetText(object? item) => item is null || SimpleValue.IsText(item) ? null
        : CertificateInput.FindText(item) ?? throw new ArgumentTransformationMetadataException(
            $"{SimpleValue.DescribeType(item)} does not name a certificate. Give a certificate, an ID, a domain, or an object with an Id, "
            + "a CertificateId or a Domain, such as [pscustomobject]@{ Domain = 'www.example.org' }.");
}
