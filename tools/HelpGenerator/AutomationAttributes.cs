using System.Collections.ObjectModel;
using System.Reflection;

namespace ConvoxSsl.HelpGenerator;

/// <summary>PowerShell's attributes, as they are written in an assembly that is only looked at.</summary>
internal static class AutomationAttributes
{
    private const string Automation = "System.Management.Automation.";

    /// <summary>The attributes of one of PowerShell's types.</summary>
    public static IEnumerable<CustomAttributeData> Attributes(this MemberInfo member, string name) =>
        member.GetCustomAttributesData().Where(attribute => attribute.AttributeType.FullName == Automation + name);

    /// <summary>The first such attribute; null where there is none.</summary>
    public static CustomAttributeData? Attribute(this MemberInfo member, string name) => member.Attributes(name).FirstOrDefault();

    /// <summary>What an attribute sets by name; the default where it does not.</summary>
    public static T? Named<T>(this CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value is T value ? value : default;

    /// <summary>The types that an attribute is constructed with, one by one or as an array.</summary>
    public static IEnumerable<Type> TypeArguments(this CustomAttributeData attribute) => Values(attribute).OfType<Type>();

    /// <summary>The texts that an attribute is constructed with, one by one or as an array.</summary>
    public static IEnumerable<string> TextArguments(this CustomAttributeData attribute) => Values(attribute).OfType<string>();

    private static IEnumerable<object?> Values(CustomAttributeData attribute) => attribute.ConstructorArguments.SelectMany(argument =>
        argument.Value is ReadOnlyCollection<CustomAttributeTypedArgument> many ? many.Select(one => one.Value) : [argument.Value]);
}
