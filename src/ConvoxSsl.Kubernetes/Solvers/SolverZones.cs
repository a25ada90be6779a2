using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>Lists of DNS zones as people and programs write them: in any order and case, with or without the final dot.</summary>
internal static class SolverZones
{
    /// <summary>Reads a JSON list and normalizes its zones; an invalid zone is left unchanged.</summary>
    public static IReadOnlyList<string> Read(JsonNode? list) => list is JsonArray zones
        ? [.. zones.Where(z => z is not null).Select(z => Normalize(z!.GetValue<string>())).Distinct(StringComparer.Ordinal)]
        : [];

    /// <summary>True if both lists contain the same zones.</summary>
    public static bool AreSame(IReadOnlyList<string> left, IReadOnlyList<string> right) =>
        left.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(right);

    /// <summary>Creates a JSON list.</summary>
    public static JsonArray ToJson(IReadOnlyList<string> zones) => [.. zones.Select(z => (JsonNode)z)];

    private static string Normalize(string zone)
    {
        try
        {
            return DnsZoneName.ParseAll([zone.Trim()])[0];
        }
        catch (InvalidInputException)
        {
            return zone;
        }
    }
}
