using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Scripts;

/// <summary>
/// A user script that adds or removes a TXT value. Parameters called Name and Value are bound by name, others by position, and
/// a script without parameters receives both in <c>$args</c>.
/// </summary>
internal sealed class RecordScript
{
    private static readonly string[] s_values = ["Name", "Value"];

    private readonly string _text;
    private readonly bool _usesArguments;
    private readonly string[] _named;
    private readonly int _positionalCount;

    private RecordScript(string text, ScriptBlockAst syntax)
    {
        _text = text;
        _usesArguments = syntax.Find(node => IsVariable(node, "args"), searchNestedScriptBlocks: true) is not null;
        var block = syntax.ParamBlock;
        var parameters = block?.Parameters.ToArray() ?? [];
        var bound = s_values.Select(value => (Value: value, Parameter: FindParameter(parameters, value)))
            .Where(pair => pair.Parameter is not null)
            .ToArray();
        _named = [.. bound.Select(pair => pair.Value)];
        _positionalCount = block is null ? 0 : CountPositional(block, [.. parameters.Except(bound.Select(pair => pair.Parameter!))]);
        IsEmpty = syntax is { BeginBlock: null, ProcessBlock: null, EndBlock: null or { Statements.Count: 0 } };
    }

    /// <summary>True if the script has no statement.</summary>
    public bool IsEmpty { get; }

    /// <summary>The number of values, of the name and the value of a record, that the script receives.</summary>
    public int ReceivedCount => _usesArguments ? s_values.Length : Math.Min(s_values.Length, _named.Length + _positionalCount);

    /// <summary>Analyzes a script. A syntax error shows up when the script runs.</summary>
    public static RecordScript Parse(string text) => new(text, Parser.ParseInput(text, out _, out _));

    /// <summary>Binds the name and the value of a record to the script.</summary>
    public SolverScript Bind(TxtRecord record)
    {
        string[] values = [record.Name, record.Value];
        var named = new Hashtable();
        List<string> positional = [];
        foreach (var (name, value) in s_values.Zip(values))
        {
            if (_named.Contains(name))
            {
                named[name] = value;
            }
            else if (_usesArguments || positional.Count < _positionalCount)
            {
                positional.Add(value);
            }
        }

        return new SolverScript(_text, named, positional, []);
    }

    // Matches a name as PowerShell does: exactly, by alias, or by an unambiguous prefix.
    private static ParameterAst? FindParameter(ParameterAst[] parameters, string name) =>
        parameters.FirstOrDefault(parameter => GetNames(parameter).Contains(name, StringComparer.OrdinalIgnoreCase))
        ?? (parameters.Where(p => GetNames(p).Any(n => n.StartsWith(name, StringComparison.OrdinalIgnoreCase))).ToArray() is [var match]
            ? match
            : null);

    private static IEnumerable<string> GetNames(ParameterAst parameter) =>
        FindAttributes(parameter.Attributes, "Alias")
            .SelectMany(alias => alias.PositionalArguments.OfType<StringConstantExpressionAst>())
            .Select(alias => alias.Value)
            .Prepend(parameter.Name.VariablePath.UserPath);

    // Switches have no position. One explicit position takes away those of all parameters without one.
    private static int CountPositional(ParamBlockAst block, ParameterAst[] parameters)
    {
        var hasPositions = block.Parameters.Any(HasPosition);
        var isDisabled = FindAttributes(block.Attributes, "CmdletBinding")
            .SelectMany(attribute => attribute.NamedArguments)
            .Any(argument => IsNamed(argument, "PositionalBinding")
                && argument.Argument is VariableExpressionAst value && IsVariable(value, "false"));
        return parameters.Count(parameter =>
            parameter.StaticType != typeof(SwitchParameter) && (hasPositions ? HasPosition(parameter) : !isDisabled));
    }

    private static bool HasPosition(ParameterAst parameter) =>
        FindAttributes(parameter.Attributes, "Parameter").SelectMany(a => a.NamedArguments).Any(a => IsNamed(a, "Position"));

    private static bool IsNamed(NamedAttributeArgumentAst argument, string name) =>
        string.Equals(argument.ArgumentName, name, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<AttributeAst> FindAttributes(IEnumerable<AttributeBaseAst> attributes, string name) =>
        attributes.OfType<AttributeAst>()
            .Where(attribute => string.Equals(attribute.TypeName.Name, name, StringComparison.OrdinalIgnoreCase));

    private static bool IsVariable(Ast node, string name) =>
        node is VariableExpressionAst variable
        && string.Equals(variable.VariablePath.UserPath, name, StringComparison.OrdinalIgnoreCase);
}
