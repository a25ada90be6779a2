using System.Collections;
using System.Reflection;
using System.Security;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Tests.Views;

/// <summary>What an object shows of itself where nothing formats it: as JSON, as text, as properties.</summary>
public sealed class ShapeTests
{
    private static readonly Type[] Plain =
        [typeof(string), typeof(bool), typeof(int), typeof(DateTimeOffset), typeof(TimeSpan), typeof(Uri), typeof(SecureString)];

    public static TheoryData<string> OutputTypes =>
        [.. typeof(AsyncCmdlet).Assembly.GetExportedTypes().Where(type => type is { Namespace: "ConvoxSsl", IsClass: true } && type.GetMethod("<Clone>$") is not null).Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void Properties_are_plain_data_so_that_JSON_of_them_ends(string typeName)
    {
        var type = typeof(AsyncCmdlet).Assembly.GetType(typeName)!;

        Assert.Empty(Deep(type, depth: 0));
    }

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void Text_is_what_can_be_piped_on_and_no_dump_of_a_record(string typeName)
    {
        var text = typeof(AsyncCmdlet).Assembly.GetType(typeName)!.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance, [])!;

        Assert.Null(text.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>());
    }

    // One object may hold another, whose lists are the last that JSON of the usual depth shows.
    private static IEnumerable<string> Deep(Type type, int depth)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var held = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            held = held != typeof(string) && held.IsAssignableTo(typeof(IEnumerable)) ? held.GetElementType() ?? held.GetGenericArguments()[0] : held;
            if (held.IsEnum || Plain.Contains(held))
            {
                continue;
            }

            var deeper = depth == 0 && held.Assembly == type.Assembly && held == property.PropertyType ? Deep(held, 1) : [$"{type.Name}.{property.Name}"];
            foreach (var name in deeper)
            {
                yield return name;
            }
        }
    }
}
