using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ConvoxSsl.Binding;

/// <summary>Certificates as they come down a pipeline: themselves, with a renewal, or as what a job or a remote session left of them.</summary>
internal static class CertificateInput
{
    /// <summary>The certificate in an object; null where it holds none.</summary>
    public static ConvoxCertificate? Read(PSObject given) => given.BaseObject switch
    {
        ConvoxCertificate certificate => certificate,
        ConvoxRenewal { Certificate: { } renewed } => renewed,
        _ when given.TypeNames.Contains("Deserialized." + typeof(ConvoxCertificate).FullName) => Restore(given),
        _ => null,
    };

    private static ConvoxCertificate Restore(PSObject given) => new()
    {
        Id = Text(given, nameof(ConvoxCertificate.Id)) ?? string.Empty,
        Domain = Text(given, nameof(ConvoxCertificate.Domain)) ?? string.Empty,
        Domains = given.Properties[nameof(ConvoxCertificate.Domains)]?.Value is { } names ? Texts(names) : [],
        Issuer = Text(given, nameof(ConvoxCertificate.Issuer)) ?? string.Empty,
        Status = Enum.TryParse<ConvoxCertificateStatus>(Text(given, nameof(ConvoxCertificate.Status)), out var status) ? status : ConvoxCertificateStatus.Ready,
        NotBefore = Time(given, nameof(ConvoxCertificate.NotBefore)),
        Expires = Time(given, nameof(ConvoxCertificate.Expires)),
        RenewAfter = Time(given, nameof(ConvoxCertificate.RenewAfter)),
        Generated = true,
        Rack = Text(given, nameof(ConvoxCertificate.Rack)) ?? string.Empty,
    };

    private static string? Text(PSObject given, string name) => given.Properties[name]?.Value?.ToString();

    private static IReadOnlyList<string> Texts(object value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) is IEnumerable many and not string
            ? [.. many.Cast<object>().Select(item => item.ToString() ?? string.Empty)]
            : [value.ToString() ?? string.Empty];

    // A DateTimeOffset comes out of serialization as itself, and out of older ones as text.
    private static DateTimeOffset? Time(PSObject given, string name)
    {
        var value = given.Properties[name]?.Value;
        return (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            DateTimeOffset time => time,
            DateTime time => new DateTimeOffset(time.ToUniversalTime()),
            null => null,
            var other => DateTimeOffset.TryParse(other.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
        };
    }
}
