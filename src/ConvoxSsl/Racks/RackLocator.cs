using ConvoxSsl.Engine;

namespace ConvoxSsl.Racks;

/// <summary>Finds the rack that a cmdlet works on.</summary>
internal static class RackLocator
{
    private const string HomeVariable = "CONVOXSSL_HOME";
    private const string RackVariable = "CONVOXSSL_RACK";
    private const string LocalName = "local";

    /// <summary>
    /// Finds a rack: the given one, else the connected one, else the one in <c>CONVOXSSL_RACK</c>, else the local one.
    /// </summary>
    /// <param name="reference">The value of <c>-Rack</c>, or null.</param>
    /// <param name="connected">The connected rack of the session, or null.</param>
    /// <param name="used">The Kubernetes racks that the session has used.</param>
    /// <param name="resolvePath">Converts a path of the session to an absolute path.</param>
    /// <exception cref="InvalidInputException">
    /// <c>RackNotFound</c>; <c>RackAmbiguous</c>: the session has used several racks with the name.
    /// </exception>
    public static ConvoxRack Find(
        ConvoxRack? reference, ConvoxRack? connected, IReadOnlyList<ConvoxRack> used, Func<string, string> resolvePath)
    {
        if (reference is { IsReference: false })
        {
            return reference;
        }

        var name = reference?.Name ?? (connected is null ? Environment.GetEnvironmentVariable(RackVariable) : null);
        if (string.IsNullOrEmpty(name))
        {
            return connected ?? CreateLocal(null, null);
        }

        if (FindByName(name, connected, used) is { } rack)
        {
            return rack;
        }

        if (name.Equals(LocalName, StringComparison.OrdinalIgnoreCase))
        {
            return CreateLocal(null, null);
        }

        return name.AsSpan().IndexOfAny("/\\~.") >= 0
            ? CreateLocal(resolvePath(name), null)
            : throw new InvalidInputException(ErrorCode.RackNotFound, $"Cannot find a connected rack with the name '{name}'.", name)
            {
                // General advice would contradict a suggestion.
                Remedy = Suggestion.Ask(name, [.. used.Append(connected).OfType<ConvoxRack>().Select(rack => rack.Name), LocalName])
                    is { } question ? Remedy.FromText(question) : new Remedy(ErrorCode.RackNotFound, name),
            };
    }

    /// <summary>Describes the local rack in a directory, by default in <c>CONVOXSSL_HOME</c>, else in the user's data.</summary>
    /// <param name="path">The directory, or null.</param>
    /// <param name="name">The name; by default the directory.</param>
    public static ConvoxRack CreateLocal(string? path, string? name)
    {
        var location = Path.GetFullPath(path ?? GetDefaultPath());
        return new ConvoxRack
        {
            Name = name ?? (path is null ? LocalName : location),
            Kind = ConvoxRackKind.Local,
            Location = location,
        };
    }

    private static string GetDefaultPath() => Environment.GetEnvironmentVariable(HomeVariable) is { Length: > 0 } home
        ? home
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "convoxssl");

    // Two clusters can each have a rack with the name, and objects in a pipeline contain only the name.
    private static ConvoxRack? FindByName(string name, ConvoxRack? connected, IReadOnlyList<ConvoxRack> used)
    {
        var matches = used.Append(connected)
            .OfType<ConvoxRack>()
            .Where(rack => rack.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(rack => (rack.Location, rack.Namespace))
            .ToArray();
        return matches.Length <= 1
            ? matches.FirstOrDefault()
            : throw new InvalidInputException(
                ErrorCode.RackAmbiguous,
                $"The name '{name}' is ambiguous because this session has used several racks with it: "
                    + $"{string.Join(" and ", matches.Select(rack => $"{rack.Location} ({rack.Namespace})"))}.",
                name);
    }
}
