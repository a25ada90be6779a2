using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ConvoxSsl.HelpGenerator;

/// <summary>Writes the MAML file that Get-Help reads.</summary>
internal static class MamlFile
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace Items = "http://msh";

    /// <summary>Writes the help of all cmdlets.</summary>
    public static void Write(string path, IEnumerable<CmdletHelp> cmdlets)
    {
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };
        using var writer = XmlWriter.Create(path, settings);
        new XDocument(new XElement(Items + "helpItems", new XAttribute("schema", "maml"), cmdlets.Select(CreateCommand))).Save(writer);
    }

    private static XElement CreateCommand(CmdletHelp cmdlet) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", cmdlet.Name),
            new XElement(Command + "verb", cmdlet.Verb),
            new XElement(Command + "noun", cmdlet.Noun),
            Text(Maml + "description", [cmdlet.Synopsis])),
        Text(Maml + "description", cmdlet.Description),
        new XElement(Command + "syntax", cmdlet.ParameterSets.Select(set => Syntax(cmdlet, set))),
        new XElement(Command + "parameters", cmdlet.Parameters.Select(parameter => Parameter(parameter, parameter.Sets[0]))),
        new XElement(Command + "inputTypes", cmdlet.Inputs.Select(input => Type(Command + "inputType", input))),
        new XElement(Command + "returnValues", cmdlet.Outputs.Select(output => Type(Command + "returnValue", output))),
        new XElement(Command + "examples", cmdlet.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", cmdlet.Links.Select(link => new XElement(
            Maml + "navigationLink", new XElement(Maml + "linkText", link.Text), new XElement(Maml + "uri", link.Url)))));

    private static XElement Syntax(CmdletHelp cmdlet, string set) => new(
        Command + "syntaxItem",
        new XElement(Maml + "name", cmdlet.Name),
        cmdlet.Parameters.Select(parameter => parameter.In(set) is { } member ? Parameter(parameter, member) : null));

    private static XElement Parameter(ParameterHelp parameter, ParameterSetMember member) => new(
        Command + "parameter",
        new XAttribute("required", Bool(member.IsMandatory)),
        new XAttribute("variableLength", Bool(parameter.TypeName.EndsWith("[]", StringComparison.Ordinal))),
        new XAttribute("globbing", Bool(parameter.HasWildcards)),
        new XAttribute("pipelineInput", member.PipelineText),
        new XAttribute("position", member.PositionText),
        new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
        new XElement(Maml + "name", parameter.Name),
        Text(Maml + "description", parameter.Text),
        parameter.Values.Count == 0 ? null : new XElement(
            Command + "parameterValueGroup", parameter.Values.Select(value => Value(value, isRequired: false))),
        parameter.IsSwitch ? null : Value(parameter.TypeName, isRequired: true),
        Type(parameter.IsSwitch ? "SwitchParameter" : parameter.TypeName),
        new XElement(Dev + "defaultValue", parameter.Default));

    private static XElement Value(string text, bool isRequired) =>
        new(Command + "parameterValue", new XAttribute("required", Bool(isRequired)), text);

    private static XElement Example(ExampleHelp example, int index) => new(
        Command + "example",
        new XElement(Maml + "title", $"Example {index + 1}"),
        new XElement(Dev + "code", example.Code),
        Text(Dev + "remarks", [.. example.Text, string.Empty]));

    private static XElement Type(XName element, TypeHelp type) => new(element, Type(type.Name), Text(Maml + "description", type.Text));

    private static XElement Type(string name) => new(Dev + "type", new XElement(Maml + "name", name), new XElement(Maml + "uri"));

    private static XElement Text(XName element, IEnumerable<string> paragraphs) =>
        new(element, paragraphs.Select(text => new XElement(Maml + "para", text)));

    private static string Bool(bool value) => value ? "true" : "false";
}
