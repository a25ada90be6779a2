using System.Collections;
using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>A server to test.</summary>
/// <param name="Text">The text that names the server.</param>
/// <param name="ExpectedId">The ID of the certificate that the server should present; null if it is not known.</param>
/// <param name="IsOfCertificate">True for a name of a certificate or a service, which can be a wildcard.</param>
internal sealed record EndpointInput(string Text, string? ExpectedId, bool IsOfCertificate)
{
    private const string Domain = "Domain";

    private static readonly string[] Properties = ["Endpoint", "HostName", Domain];

    /// <summary>True for a wildcard of a certificate, which names no server.</summary>
    public bool IsWildcard => IsOfCertificate && Text.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>Returns the servers that an object names: text, a certificate, or an object with one of the properties.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidEndpoint</c>.</exception>
    public static IEnumerable<EndpointInput> ReadAll(PSObject input)
    {
        if (input.BaseObject is string name)
        {
            return [new EndpointInput(name, null, IsOfCertificate: false)];
        }

        if (CertificateInput.Read(input) is { } certificate)
        {
            return certificate.Domains.Select(domain => new EndpointInput(domain, certificate.Id, IsOfCertificate: true));
        }

        if (input.BaseObject is IList items)
        {
            return items.Cast<object>().SelectMany(item => ReadAll(PSObject.AsPSObject(item)));
        }

        foreach (var property in Properties)
        {
            if (CertificateInput.ParseList(FindValue(input, property)).Where(text => text.Length > 0).ToArray() is { Length: > 0 } texts)
            {
                var id = property == Domain ? FindValue(input, nameof(ConvoxServiceCertificate.CertificateId)) as string : null;
                return texts.Select(text => new EndpointInput(text, id, CertificateInput.IsOfModule(input)));
            }
        }

        return input.BaseObject is Uri || SimpleValue.IsText(input.BaseObject)
            ? [new EndpointInput(input.ToString(), null, IsOfCertificate: false)]
            : throw new InvalidInputException(
                ErrorCode.InvalidEndpoint, $"{SimpleValue.DescribeType(input)} names no server.", input.BaseObject)
            {
                Remedy = "Give an object with the property Endpoint, HostName or Domain.",
            };
    }

    private static object? FindValue(PSObject input, string name) =>
        (input.BaseObject is IDictionary values ? values[name] : input.Properties[name]?.Value) is { } value
            ? value is PSObject { BaseObject: not PSCustomObject } wrapper ? wrapper.BaseObject : value
            : null;
}
