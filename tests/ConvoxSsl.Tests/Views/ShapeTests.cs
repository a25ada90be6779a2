using System.Collections;
using System.Reflection;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Views;

/// <summary>Tests objects without a view: as JSON, as text, and as properties.</summary>
public sealed class ShapeTests
{
    private static readonly Type[] Plain =
        [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(DateTimeOffset), typeof(Uri)];

    private static IEnumerable<Type> Types => typeof(AsyncCmdlet).Assembly
        .GetExportedTypes()
        .Where(type => type is { Namespace: "ConvoxSsl", IsClass: true } && type.GetMethod("<Clone>$") is not null);

    public static TheoryData<string> OutputTypes => [.. Types.Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void Properties_are_plain_data_that_converts_to_JSON(string typeName)
    {
        var type = typeof(AsyncCmdlet).Assembly.GetType(typeName)!;

        Assert.Empty(FindComplex(type));
    }

    // ConvertTo-Json writes the names of the values only of enums that are based on long; others become numbers.
    [Fact]
    public void Enums_convert_to_words_in_JSON() => Assert.All(
        Types.SelectMany(type => type.GetProperties())
            .Select(property => GetItemType(property.PropertyType))
            .Where(type => type.IsEnum),
        type => Assert.Equal(typeof(long), Enum.GetUnderlyingType(type)));

    [Fact]
    public void Lists_convert_to_their_items_in_CSV()
    {
        var certificate = new ConvoxCertificate
        {
            Id = "cert-1",
            Domain = "a.example.org",
            Domains = ["a.example.org", "b.example.org"],
            Issuer = "self-signed",
            Status = ConvoxCertificateStatus.Ready,
            Generated = false,
            Rack = "local",
            Versions = [1, 2],
        };

        Assert.Equal(("a.example.org, b.example.org", "1, 2"), (certificate.Domains.ToString(), certificate.Versions.ToString()));
        Assert.Equal("a.example.org, b.example.org", (certificate with { Status = ConvoxCertificateStatus.Failed }).Domains.ToString());
    }

    [Fact]
    public async Task Properties_of_the_types_file_are_read_and_set_by_name()
    {
        using var powerShell = new HostedPowerShell();
        const string Script = """
            $certificate = [ConvoxSsl.ConvoxCertificate]@{ Id = 'cert-1'; Domain = 'a.example.org' }
            $renewal = [ConvoxSsl.ConvoxRenewal]@{ Id = 'cert-1'; Certificate = $certificate }
            $schedule = [ConvoxSsl.ConvoxRenewalSchedule]@{ Location = 'here'; Times = [timespan[]]('03:17:42', '15:17:42') }
            $service = [ConvoxSsl.ConvoxServiceCertificate]@{ Service = 'web'; Domain = [string[]]('a.example.org', 'b.example.org') }
            $renewal.Certificate.Id
            "$($schedule.Times[1].Hours) $($schedule.Times.Count) $($schedule.TimesOfDay[0])"
            "$($service.Domain -is [string[]]) $($service.Domain.Length) $($service.PSObject.Properties['Domain'].Value.ToString())"
            foreach ($object in $renewal, $schedule, $service) { $object.PSObject.Properties.ForEach({ $_.Name }) -join ' ' }
            """;

        var lines = (await powerShell.RunAsync(Script, CancellationToken.None)).Succeeded().Of<string>();

        Assert.Equal(["cert-1", "15 2 03:17:42", "True 2 a.example.org, b.example.org"], lines.Take(3));
        Assert.DoesNotContain("Certificate", lines[3].Split(' '));
        Assert.DoesNotContain("Times", lines[4].Split(' '));
        Assert.Contains("Domain", lines[5].Split(' '));
    }

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void ToString_returns_the_pipeline_value(string typeName)
    {
        var text =
            typeof(AsyncCmdlet).Assembly.GetType(typeName)!.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance, [])!;

        Assert.Null(text.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>());
    }

    // The lists of several objects are the last level in JSON of the default depth.
    private static IEnumerable<string> FindComplex(Type type) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let item = GetItemType(property.PropertyType)
        where !item.IsEnum && !Plain.Contains(item)
        select $"{type.Name}.{property.Name}";

    private static Type GetItemType(Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        return underlying != typeof(string) && underlying.IsAssignableTo(typeof(IEnumerable))
            ? underlying.GetElementType() ?? underlying.GetGenericArguments()[0]
            : underlying;
    }
}
