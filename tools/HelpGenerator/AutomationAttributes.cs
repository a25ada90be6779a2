using System.Collections.ObjectModel;
using System.Reflection;

namespace ConvoxSsl.HelpGenerator;

/// <summary>Reads PowerShell's attributes from an assembly that is inspected but not loaded for execution.</summary>
internal static class AutomationAttributes
{
    private const string Automation = "System.Management.Automation.";

    /// <summary>Returns the attributes of a PowerShell type.</summary>
    public static IEnumerable<CustomAttributeData> Attributes(this MemberInfo member, string name) =>
        member.GetCustomAttributesData().Where(attribute => attribute.AttributeType.FullName == Automation + name);

    /// <summary>Returns the first such attribute, or null.</summary>
    public static CustomAttributeData? Attribute(this MemberInfo member, string name) => member.Attributes(name).FirstOrDefault();

    /// <summary>Returns a named argument of an attribute; the default if it is not set.</summary>
    public static T? Named<T>(this CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value is T value ? value : default;

    /// <summary>Returns the types among the constructor arguments, including those in an array.</summary>
    public static IEnumerable<Type> TypeArguments(this CustomAttributeData attribute) => Values(attribute).OfType<Type>();

    /// <summary>Returns the strings among the constructor arguments, including those in an array.</summary>
    public static IEnumerable<string> TextArguments(this CustomAttributeData attribute) => Values(attribute).OfType<string>();

    private static IEnumerable<object?> Values(CustomAttributeData attribute) => attribute.ConstructorArguments.SelectMany(argument =>
        argument.Value is ReadOnlyCollection<CustomAttributeTypedArgument> array ? array.Select(one => one.Value) : [argument.Value]);
}
