namespace ConvoxSsl.HelpGenerator;

/// <summary>All that the help of a cmdlet says.</summary>
internal sealed record CmdletHelp
{
    public required string Verb { get; init; }

    public required string Noun { get; init; }

    public string Name => $"{Verb}-{Noun}";

    /// <summary>What it does, in one paragraph.</summary>
    public required string Synopsis { get; init; }

    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>In the order in which they are shown: by position, then needed ones, then by name.</summary>
    public required IReadOnlyList<ParameterHelp> Parameters { get; init; }

    /// <summary>The parameter sets, the default one first.</summary>
    public required IReadOnlyList<string> ParameterSets { get; init; }

    public required IReadOnlyList<TypeHelp> Inputs { get; init; }

    public required IReadOnlyList<TypeHelp> Outputs { get; init; }

    public required IReadOnlyList<ExampleHelp> Examples { get; init; }

    public required IReadOnlyList<LinkHelp> Links { get; init; }
}

/// <summary>A parameter, with what differs between the parameter sets that it is in.</summary>
internal sealed record ParameterHelp
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Text { get; init; }

    /// <summary>The type as a user writes it; empty for a switch.</summary>
    public required string TypeName { get; init; }

    public bool IsSwitch => TypeName.Length == 0;

    /// <summary>What an enumeration offers.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    public required string Default { get; init; }

    public required bool HasWildcards { get; init; }

    public required IReadOnlyList<string> Aliases { get; init; }

    public required IReadOnlyList<ParameterSetMember> Sets { get; init; }

    /// <summary>What it is in a parameter set; null where it is not in it.</summary>
    public ParameterSetMember? In(string set) =>
        Sets.FirstOrDefault(member => member.Set == set) ?? Sets.FirstOrDefault(member => member.Set == ParameterSetMember.All);
}

/// <summary>How a parameter takes part in a parameter set.</summary>
internal sealed record ParameterSetMember(string Set, bool IsMandatory, int? Position, bool ByValue, bool ByPropertyName)
{
    /// <summary>PowerShell's name of the set that is every set.</summary>
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

/// <summary>A type that comes in or goes out, and what it is there.</summary>
internal sealed record TypeHelp(string Name, IReadOnlyList<string> Text);

/// <summary>An example, and one line about it.</summary>
internal sealed record ExampleHelp(string Code, IReadOnlyList<string> Text);

/// <summary>Where to read on: a cmdlet, or a page.</summary>
internal sealed record LinkHelp(string Text, string? Url);
