using System.Collections;
using System.Reflection;
using System.Security;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Tests.Views;

/// <summary>Tests objects without a view: as JSON, as text, and as properties.</summary>
public sealed class ShapeTests
{
    private static readonly Type[] Plain =
        [typeof(string), typeof(bool), typeof(int), typeof(DateTimeOffset), typeof(TimeSpan), typeof(Uri), typeof(SecureString)];

    public static TheoryData<string> OutputTypes =>
        [.. typeof(AsyncCmdlet).Assembly
            .GetExportedTypes()
            .Where(type => type is { Namespace: "ConvoxSsl", IsClass: true } && type.GetMethod("<Clone>$") is not null)
            .Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void Properties_are_plain_data_that_converts_to_JSON(string typeName)
    {
        var type = typeof(AsyncCmdlet).Assembly.GetType(typeName)!;

        Assert.Empty(Deep(type, depth: 0));
    }

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void ToString_returns_the_pipeline_value(string typeName)
    {
        var text =
            typeof(AsyncCmdlet).Assembly.GetType(typeName)!.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance, [])!;

        Assert.Null(text.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>());
    }

    // One object can contain another, whose lists are the last level in JSON of the default depth.
    private static IEnumerable<string> Deep(Type type, int depth)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var underlying = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            underlying = underlying != typeof(string) && underlying.IsAssignableTo(typeof(IEnumerable))
                ? underlying.GetElementType() ?? underlying.GetGenericArguments()[0]
                : underlying;
            if (underlying.IsEnum || Plain.Contains(underlying))
            {
                continue;
            }

            var deeper = depth == 0 && underlying.Assembly == type.Assembly && underlying == property.PropertyType
                ? Deep(underlying, 1)
                : [$"{type.Name}.{property.Name}"];
            foreach (var name in deeper)
            {
                yield return name;
            }
        }
    }
}
