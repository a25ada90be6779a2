using System.Reflection;
using System.Text.RegularExpressions;

namespace ConvoxSsl.HelpGenerator;

/// <summary>Reads the parameters of a cmdlet, including those of its base classes.</summary>
internal sealed partial class ParameterReader(XmlDocumentation documentation)
{
    // PowerShell's own parameters, which are not in the XML documentation.
    private static readonly IReadOnlyList<ParameterHelp> ShouldProcess =
    [
        Common("WhatIf", "Shows what would happen if the cmdlet runs. The cmdlet is not run.", "wi"),
        Common("Confirm", "Prompts for confirmation before running the cmdlet.", "cf"),
    ];

    /// <summary>Reads the parameters in display order.</summary>
    public IReadOnlyList<ParameterHelp> Read(Type cmdlet)
    {
        var properties = cmdlet.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.Attribute("ParameterAttribute") is not null)
            .Select(Read)
            .OrderBy(parameter => parameter.Sets.Min(member => member.Position ?? int.MaxValue))
            .ThenBy(parameter => parameter.Sets.Any(member => member.IsMandatory) ? 0 : 1)
            .ThenBy(parameter => parameter.Name, StringComparer.Ordinal);
        return [.. properties, .. cmdlet.Attribute("CmdletAttribute")!.Named<bool>("SupportsShouldProcess") ? ShouldProcess : []];
    }

    private ParameterHelp Read(PropertyInfo property)
    {
        var text = documentation.Read($"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}", "summary");
        var type = Underlying(property.PropertyType);
        var rejected = property.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType.Name == "RejectedInSetsAttribute")
            .SelectMany(attribute => attribute.TextArguments())
            .ToHashSet(StringComparer.Ordinal);
        return new ParameterHelp
        {
            Name = property.Name,
            Text = text,
            TypeName = NameOf(type),
            Values = ValuesOf(type.IsArray ? Underlying(type.GetElementType()!) : type),
            Default = FindDefault(string.Join(' ', text), NameOf(type).Length == 0 ? "False" : "None"),
            HasWildcards = property.Attribute("SupportsWildcardsAttribute") is not null,
            Aliases = [.. property.Attributes("AliasAttribute").SelectMany(alias => alias.TextArguments())],
            // Rejected combinations only cause an error of their own.
            Sets = [.. property.Attributes("ParameterAttribute").Select(Member).Where(member => !rejected.Contains(member.Set))],
        };
    }

    private static string FindDefault(string text, string none) =>
        DefaultPattern().Match(text) is { Success: true } match ? match.Groups[1].Value : none;

    private static ParameterSetMember Member(CustomAttributeData attribute) => new(
        attribute.Named<string>("ParameterSetName") ?? ParameterSetMember.All,
        attribute.Named<bool>("Mandatory"),
        attribute.NamedArguments.Any(argument => argument.MemberName == "Position") ? attribute.Named<int>("Position") : null,
        attribute.Named<bool>("ValueFromPipeline"),
        attribute.Named<bool>("ValueFromPipelineByPropertyName"));

    private static Type Underlying(Type type) =>
        type is { IsGenericType: true, Name: "Nullable`1" } ? type.GetGenericArguments()[0] : type;

    private static string NameOf(Type type) => type.Name == "SwitchParameter" ? string.Empty : type.Name;

    private static IReadOnlyList<string> ValuesOf(Type type) =>
        type.IsEnum ? [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.Name)] : [];

    private static ParameterHelp Common(string name, string text, string alias) => new()
    {
        Name = name,
        Text = [text],
        TypeName = string.Empty,
        Values = [],
        Default = "False",
        HasWildcards = false,
        Aliases = [alias],
        Sets = [new ParameterSetMember(ParameterSetMember.All, IsMandatory: false, Position: null, ByValue: false, ByPropertyName: false)],
    };

    [GeneratedRegex(@"Default: (.+?)\.(?:\s|$)")]
    private static partial Regex DefaultPattern();
}
