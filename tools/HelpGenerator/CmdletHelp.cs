namespace ConvoxSsl.HelpGenerator;

/// <summary>The help of a cmdlet.</summary>
internal sealed record CmdletHelp
{
    public required string Verb { get; init; }

    public required string Noun { get; init; }

    public string Name => $"{Verb}-{Noun}";

    /// <summary>The synopsis, in one paragraph.</summary>
    public required string Synopsis { get; init; }

    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>The parameters in display order: by position, then mandatory ones, then by name.</summary>
    public required IReadOnlyList<ParameterHelp> Parameters { get; init; }

    /// <summary>The parameter sets, default first.</summary>
    public required IReadOnlyList<string> ParameterSets { get; init; }

    public required IReadOnlyList<TypeHelp> Inputs { get; init; }

    public required IReadOnlyList<TypeHelp> Outputs { get; init; }

    public required IReadOnlyList<ExampleHelp> Examples { get; init; }

    public required IReadOnlyList<LinkHelp> Links { get; init; }
}

/// <summary>The help of a parameter.</summary>
internal sealed record ParameterHelp
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Text { get; init; }

    /// <summary>The type as written in PowerShell; empty for a switch.</summary>
    public required string TypeName { get; init; }

    public bool IsSwitch => TypeName.Length == 0;

    /// <summary>The values of an enumeration.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    public required string Default { get; init; }

    public required bool HasWildcards { get; init; }

    public required IReadOnlyList<string> Aliases { get; init; }

    public required IReadOnlyList<ParameterSetMember> Sets { get; init; }

    /// <summary>Returns the parameter's properties in a parameter set; null if it is not in the set.</summary>
    public ParameterSetMember? In(string set) =>
        Sets.FirstOrDefault(member => member.Set == set) ?? Sets.FirstOrDefault(member => member.Set == ParameterSetMember.All);
}

/// <summary>The properties of a parameter in a parameter set.</summary>
internal sealed record ParameterSetMember(string Set, bool IsMandatory, int? Position, bool ByValue, bool ByPropertyName)
{
    /// <summary>PowerShell's name for all parameter sets.</summary>
    public const string All = "__AllParameterSets";

    public string PositionText => Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "named";

    public string PipelineText => (ByValue, ByPropertyName) switch
    {
        (true, true) => "true (ByValue, ByPropertyName)",
        (true, false) => "true (ByValue)",
        (false, true) => "true (ByPropertyName)",
        _ => "false",
    };
}

/// <summary>An input or output type with its description.</summary>
internal sealed record TypeHelp(string Name, IReadOnlyList<string> Text);

/// <summary>An example with its description.</summary>
internal sealed record ExampleHelp(string Code, IReadOnlyList<string> Text);

/// <summary>A related cmdlet or page.</summary>
internal sealed record LinkHelp(string Text, string? Url);
