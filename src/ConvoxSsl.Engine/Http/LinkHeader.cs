namespace ConvoxSsl.Engine.Http;

/// <summary>Parses Link headers (RFC 8288), either one link per header or several in one.</summary>
internal static class LinkHeader
{
    /// <summary>Gets the targets of a relation, in the headers' order.</summary>
    public static IReadOnlyList<Uri> FindTargets(IEnumerable<string> values, Uri context, string relation)
    {
        var targets = new List<Uri>();
        foreach (var value in values)
        {
            foreach (var (target, parameters) in ParseLinks(value))
            {
                if (ParseRelations(parameters).Contains(relation, StringComparer.OrdinalIgnoreCase)
                    && Uri.TryCreate(context, target, out var url))
                {
                    targets.Add(url);
                }
            }
        }

        return targets;
    }

    private static IEnumerable<(string Target, string Parameters)> ParseLinks(string value)
    {
        for (var open = value.IndexOf('<', StringComparison.Ordinal); open >= 0;)
        {
            var close = value.IndexOf('>', open);
            if (close < 0)
            {
                yield break;
            }

            var next = value.IndexOf('<', close);
            yield return (value[(open + 1)..close], next < 0 ? value[(close + 1)..] : value[(close + 1)..next]);
            open = next;
        }
    }

    private static string[] ParseRelations(string parameters)
    {
        foreach (var parameter in parameters.Split(';', ','))
        {
            var parts = parameter.Split('=', 2);
            if (parts.Length == 2 && parts[0].Trim().Equals("rel", StringComparison.OrdinalIgnoreCase))
            {
                return parts[1].Trim().Trim('"').Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
        }

        return [];
    }
}
