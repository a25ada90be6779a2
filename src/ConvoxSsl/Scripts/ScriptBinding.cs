using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Scripts;

/// <summary>
/// Binds values with names to the parameters of a user's script: parameters with these names by name, others by position. A script
/// without parameters receives the values in <c>$args</c>.
/// </summary>
internal sealed class ScriptBinding
{
    private readonly string _text;
    private readonly IReadOnlyList<string> _names;
    private readonly bool _usesArguments;
    private readonly string[] _named;
    private readonly int _positionalCount;

    private ScriptBinding(string text, ScriptBlockAst syntax, IReadOnlyList<string> names)
    {
        _text = text;
        _names = names;
        _usesArguments = syntax.Find(node => IsVariable(node, "args"), searchNestedScriptBlocks: true) is not null;
        var block = syntax.ParamBlock;
        var parameters = block?.Parameters.ToArray() ?? [];
        var bound = names.Select(name => (Name: name, Parameter: FindParameter(parameters, name)))
            .Where(pair => pair.Parameter is not null)
            .ToArray();
        _named = [.. bound.Select(pair => pair.Name)];
        _positionalCount = block is null ? 0 : CountPositional(block, [.. parameters.Except(bound.Select(pair => pair.Parameter!))]);
        IsEmpty = syntax is { BeginBlock: null, ProcessBlock: null, EndBlock: null or { Statements.Count: 0 } };
    }

    /// <summary>True if the script has no statement.</summary>
    public bool IsEmpty { get; }

    /// <summary>The number of values that the script receives.</summary>
    public int ReceivedCount => _usesArguments ? _names.Count : Math.Min(_names.Count, _named.Length + _positionalCount);

    /// <summary>Analyzes a script that adds or removes a TXT record. A syntax error shows up when the script runs.</summary>
    public static ScriptBinding ForRecord(string text) => Parse(text, "Name", "Value");

    /// <summary>Analyzes a script that delivers a certificate. A syntax error shows up when the script runs.</summary>
    public static ScriptBinding ForCertificate(string text) => Parse(text, "Certificate", "Path");

    /// <summary>Binds the name and the value of a record to the script.</summary>
    public IsolatedScript Bind(TxtRecord record) => Bind(ErrorCode.DnsScriptFailed, record.Name, record.Value);

    /// <summary>Binds values to the script, in the order of their names.</summary>
    /// <param name="errorCode">The code of the error of a script that fails.</param>
    /// <param name="values">The values.</param>
    public IsolatedScript Bind(string errorCode, params IReadOnlyList<object> values)
    {
        var named = new Hashtable();
        List<object> positional = [];
        foreach (var (name, value) in _names.Zip(values))
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

        return new IsolatedScript(_text, named, positional, [], errorCode);
    }

    private static ScriptBinding Parse(string text, params IReadOnlyList<string> names) =>
        new(text, Parser.ParseInput(text, out _, out _), names);

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
