using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ConvoxSsl.Transformations;

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
        Domains = ParseList(given.Properties[nameof(ConvoxCertificate.Domains)]?.Value),
        Issuer = Text(given, nameof(ConvoxCertificate.Issuer)) ?? string.Empty,
        Status = Enum.TryParse<ConvoxCertificateStatus>(Text(given, nameof(ConvoxCertificate.Status)), out var status) ? status : ConvoxCertificateStatus.Ready,
        NotBefore = Time(given, nameof(ConvoxCertificate.NotBefore)),
        Expires = Time(given, nameof(ConvoxCertificate.Expires)),
        RenewAfter = Time(given, nameof(ConvoxCertificate.RenewAfter)),
        Generated = true,
        Rack = Text(given, nameof(ConvoxCertificate.Rack)) ?? string.Empty,
    };

    private static string? Text(PSObject given, string name) => given.Properties[name]?.Value?.ToString();

    // A DateTimeOffset comes out of serialization as text, or as an object that has it as its text.
    private static DateTimeOffset? Time(PSObject given, string name) => ParseTime(given.Properties[name]?.Value);

    /// <summary>A time as it is, or as a job or a file brought it back; null where it is none.</summary>
    public static DateTimeOffset? ParseTime(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        DateTimeOffset time => time,
        DateTime time => new DateTimeOffset(time.ToUniversalTime()),
        _ => DateTimeOffset.TryParse(value?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
    };

    /// <summary>The texts of a list as it is, or as a job or a file brought it back; of one value that value's.</summary>
    public static IReadOnlyList<string> ParseList(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => [],
        string text => [text],
        IEnumerable many => [.. many.Cast<object>().Select(item => item.ToString() ?? string.Empty)],
        var other => [other.ToString() ?? string.Empty],
    };
}
