using System.Reflection;
using System.Xml.Linq;

namespace ConvoxSsl.HelpGenerator;

/// <summary>Reads the cmdlets of an assembly and their XML documentation, without running the assembly.</summary>
internal sealed class ModuleReader
{
    private readonly IReadOnlyDictionary<string, Type> _cmdlets;
    private readonly XmlDocumentation _documentation;
    private readonly ParameterReader _parameters;
    private readonly List<string> _missing = [];

    public ModuleReader(Assembly module, XDocument documentation)
    {
        _cmdlets = module.GetTypes()
            .Where(type => !type.IsAbstract && type.Attribute("CmdletAttribute") is not null)
            .ToDictionary(type => IdOf(type));
        _documentation = new XmlDocumentation(documentation, id => _cmdlets.TryGetValue(id, out var type) ? NameOf(type) : null);
        _parameters = new ParameterReader(_documentation);
    }

    /// <summary>The missing texts, one message each.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Reads the help of all cmdlets, sorted by name.</summary>
    public IReadOnlyList<CmdletHelp> Read() =>
        [.. _cmdlets.Values.Select(Read).OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];

    private CmdletHelp Read(Type type)
    {
        var id = IdOf(type);
        var (verb, noun) = VerbAndNoun(type);
        var summary = _documentation.Read(id, "summary");
        var remarks = _documentation.Read(id, "remarks");
        Require(summary, NameOf(type), $"its class {type.Name} has no <summary>");
        Require(remarks, NameOf(type), $"its class {type.Name} has no <remarks>, so its description says no more than its synopsis");
        var parameters = _parameters.Read(type);
        foreach (var parameter in parameters)
        {
            Require(parameter.Text, NameOf(type), $"its parameter -{parameter.Name} has no <summary>");
        }

        return new CmdletHelp
        {
            Verb = verb,
            Noun = noun,
            Synopsis = string.Join(' ', summary),
            Description = [.. summary, .. remarks],
            Parameters = parameters,
            ParameterSets = ReadSets(type, parameters),
            Inputs = ReadInputs(parameters),
            Outputs = ReadOutputs(type),
            Examples = _documentation.Examples(id),
            Links = ReadLinks(type, noun),
        };
    }

    private static List<string> ReadSets(Type type, IReadOnlyList<ParameterHelp> parameters)
    {
        var first = type.Attribute("CmdletAttribute")!.Named<string>("DefaultParameterSetName");
        var sets = parameters
            .SelectMany(parameter => parameter.Sets)
            .Select(member => member.Set)
            .Where(set => set != ParameterSetMember.All)
            .Prepend(first)
            .OfType<string>()
            .Distinct()
            .OrderBy(set => set == first ? string.Empty : set, StringComparer.Ordinal)
            .ToList();
        return sets.Count > 0 ? sets : [ParameterSetMember.All];
    }

    private static List<TypeHelp> ReadInputs(IReadOnlyList<ParameterHelp> parameters)
    {
        var inputs = parameters.Where(parameter => parameter.Sets.Any(member => member.ByValue))
            .Select(parameter => new TypeHelp(parameter.TypeName, [$"-{parameter.Name}: {string.Join(' ', parameter.Text)}"])).ToList();
        var byName = parameters
            .Where(parameter => parameter.Sets.Any(member => member.ByPropertyName))
            .Select(parameter => parameter.Name)
            .ToArray();
        if (byName.Length > 0)
        {
            inputs.Add(new TypeHelp("PSObject", [$"An object with these properties: {string.Join(", ", byName)}."]));
        }

        return inputs.Count > 0 ? inputs : [new TypeHelp("None", ["This cmdlet does not accept pipeline input."])];
    }

    private List<TypeHelp> ReadOutputs(Type type)
    {
        var outputs = type.Attributes("OutputTypeAttribute").SelectMany(attribute => attribute.TypeArguments()).Distinct().ToList();
        if (outputs.Count == 0)
        {
            return [new TypeHelp("None", ["This cmdlet returns no output."])];
        }

        var returned = _documentation.Read(IdOf(type), "returns");
        return [.. outputs.Select(output => new TypeHelp(output.FullName!, TextOf(output)))];

        IReadOnlyList<string> TextOf(Type output)
        {
            var text = _documentation.Read(IdOf(output), "summary") is { Count: > 0 } summary ? summary : returned;
            Require(text, NameOf(type), $"its output {output.Name} has no <summary>, and its class {type.Name} has no <returns>");
            return text;
        }
    }

    private List<LinkHelp> ReadLinks(Type type, string noun)
    {
        var links = new List<LinkHelp>();
        foreach (var (member, url, text) in _documentation.Links(IdOf(type)))
        {
            if (member is not null && !_cmdlets.ContainsKey(member))
            {
                _missing.Add($"{NameOf(type)}: its <seealso> names {member}, which is not a cmdlet.");
                continue;
            }

            links.Add(member is null ? new LinkHelp(text.Length > 0 ? text : url!, url) : new LinkHelp(NameOf(_cmdlets[member]), null));
        }

        var siblings = _cmdlets.Values.Where(other => other != type && VerbAndNoun(other).Noun == noun).Select(NameOf);
        var related = siblings.Order(StringComparer.Ordinal).Concat(FindRelated(type, noun));
        links.AddRange(related.Where(name => links.All(link => link.Text != name)).Select(name => new LinkHelp(name, null)).ToArray());

        // Get-Help -Online opens the first link with a URL.
        return type.Attribute("CmdletAttribute")!.Named<string>("HelpUri") is { } helpUri
            ? [new LinkHelp("Online Version:", helpUri), .. links]
            : links;
    }

    private IReadOnlyList<string> FindRelated(Type type, string noun)
    {
        var related = RelatedCmdlets.OfNoun.GetValueOrDefault(noun) ?? [];
        Require(related, NameOf(type), $"its noun {noun} has no related cmdlets");
        foreach (var name in related.Except(_cmdlets.Values.Select(NameOf)))
        {
            _missing.Add($"{NameOf(type)}: its related cmdlet {name} does not exist.");
        }

        return related;
    }

    private void Require(IReadOnlyList<string> text, string cmdlet, string problem)
    {
        if (text.Count == 0)
        {
            _missing.Add($"{cmdlet}: {problem}.");
        }
    }

    private static string IdOf(Type type) => "T:" + type.FullName!.Replace('+', '.');

    private static string NameOf(Type type) => VerbAndNoun(type) is var (verb, noun) ? $"{verb}-{noun}" : type.Name;

    private static (string Verb, string Noun) VerbAndNoun(Type type)
    {
        var arguments = type.Attribute("CmdletAttribute")!.ConstructorArguments;
        return ((string)arguments[0].Value!, (string)arguments[1].Value!);
    }
}
