using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Transformations;

/// <summary>Reads certificates from pipeline objects, including renewals and objects that a job or a remote session deserialized.</summary>
internal static class CertificateInput
{
    /// <summary>Returns the certificate in an object; null if there is none.</summary>
    public static ConvoxCertificate? Read(PSObject input) => input.BaseObject switch
    {
        ConvoxCertificate certificate => certificate,
        ConvoxRenewal { Certificate: { } renewed } => renewed,
        _ when input.TypeNames.Contains("Deserialized." + typeof(ConvoxCertificate).FullName) => Restore(input),
        _ => null,
    };

    /// <summary>Returns the ID or name that was given instead of a certificate, also as a property of an object.</summary>
    /// <exception cref="InvalidInputException"><c>NoCertificate</c>.</exception>
    public static string GetId(PSObject input) => FindText(input) ?? throw new InvalidInputException(
        ErrorCode.NoCertificate, $"An object of type {input.BaseObject.GetType().Name} is not a certificate.", input.BaseObject);

    /// <summary>
    /// Returns text, or the ID of an object, of the certificate of a service, or else its only domain; null if there is none of these.
    /// The domain of a service without a certificate does not count: another certificate with that name is not the service's.
    /// </summary>
    public static string? FindText(object input) => SimpleValue.Unwrap(input) as string
        ?? FindProperty(input, nameof(ConvoxCertificate.Id))
        ?? FindProperty(input, nameof(ConvoxServiceCertificate.CertificateId))
        ?? (HasProperty(input, nameof(ConvoxServiceCertificate.CertificateId))
            ? null
            : FindProperty(input, nameof(ConvoxCertificate.Domain)));

    /// <summary>True for an object of this module, also one that a job or a remote session deserialized.</summary>
    public static bool IsOfModule(object input) => PSObject.AsPSObject(input).TypeNames.Any(name =>
        name.StartsWith("ConvoxSsl.", StringComparison.Ordinal) || name.StartsWith("Deserialized.ConvoxSsl.", StringComparison.Ordinal));

    private static bool HasProperty(object input, string name) =>
        SimpleValue.Unwrap(input) is IDictionary values ? values.Contains(name) : PSObject.AsPSObject(input).Properties[name] is not null;

    private static string? FindProperty(object input, string name)
    {
        var value = SimpleValue.Unwrap(
            SimpleValue.Unwrap(input) is IDictionary values ? values[name] : PSObject.AsPSObject(input).Properties[name]?.Value);
        return (value is IList { Count: 1 } list ? SimpleValue.Unwrap(list[0]) : value) as string is { Length: > 0 } text ? text : null;
    }

    private static ConvoxCertificate Restore(PSObject input) => new()
    {
        Id = GetText(input, nameof(ConvoxCertificate.Id)) ?? string.Empty,
        Domain = GetText(input, nameof(ConvoxCertificate.Domain)) ?? string.Empty,
        Domains = ParseList(input.Properties[nameof(ConvoxCertificate.Domains)]?.Value),
        Issuer = GetText(input, nameof(ConvoxCertificate.Issuer)) ?? string.Empty,
        Status = Enum.TryParse<ConvoxCertificateStatus>(GetText(input, nameof(ConvoxCertificate.Status)), out var status)
            ? status
            : ConvoxCertificateStatus.Ready,
        NotBefore = GetTime(input, nameof(ConvoxCertificate.NotBefore)),
        Expires = GetTime(input, nameof(ConvoxCertificate.Expires)),
        RenewAfter = GetTime(input, nameof(ConvoxCertificate.RenewAfter)),
        Generated = true,
        Rack = GetText(input, nameof(ConvoxCertificate.Rack)) ?? string.Empty,
        Path = GetText(input, nameof(ConvoxCertificate.Path)),
    };

    private static string? GetText(PSObject input, string name) => input.Properties[name]?.Value?.ToString();

    // Serialization turns a DateTimeOffset into text or into an object with that text.
    private static DateTimeOffset? GetTime(PSObject input, string name) => ParseTime(input.Properties[name]?.Value);

    /// <summary>Returns a time, including one that a job or a file deserialized; null if the value is not a time.</summary>
    public static DateTimeOffset? ParseTime(object? value) => SimpleValue.Unwrap(value) switch
    {
        DateTimeOffset time => time,
        DateTime time => new DateTimeOffset(time.ToUniversalTime()),
        _ => DateTimeOffset.TryParse(value?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null,
    };

    /// <summary>Returns the items of a list as text, including a list that a job or a file deserialized.</summary>
    public static IReadOnlyList<string> ParseList(object? value) => SimpleValue.Unwrap(value) switch
    {
        null => [],
        string text => [text],
        IEnumerable items => [.. items.Cast<object>().Select(item => item.ToString() ?? string.Empty)],
        var other => [other.ToString() ?? string.Empty],
    };

    /// <summary>Returns the number of items of a list, including a list that a job or a file deserialized.</summary>
    public static int CountItems(object? value) => SimpleValue.Unwrap(value) switch
    {
        null => 0,
        ICollection items => items.Count,
        _ => 1,
    };
}
