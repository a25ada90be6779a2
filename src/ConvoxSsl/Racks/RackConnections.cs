using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ConvoxSsl.Racks;

/// <summary>The connected rack of each session and the racks that it has used: the only state that outlives a cmdlet.</summary>
internal static class RackConnections
{
    private static readonly ConditionalWeakTable<Runspace, Connection> Sessions = [];

    /// <summary>The connected rack of the current session, or null.</summary>
    public static ConvoxRack? Current => FindConnection(Runspace.DefaultRunspace)?.Rack;

    /// <summary>The Kubernetes racks that the current session has used. Objects in a pipeline refer to them by name.</summary>
    public static IReadOnlyList<ConvoxRack> Used => FindConnection(Runspace.DefaultRunspace)?.Used ?? [];

    /// <summary>Connects the current session to a rack.</summary>
    public static void Connect(ConvoxRack rack)
    {
        Remember(rack);
        Sessions.AddOrUpdate(Runspace.DefaultRunspace, new Connection(rack, Used));
    }

    /// <summary>Adds a Kubernetes rack to those that the current session has used.</summary>
    public static void Remember(ConvoxRack rack)
    {
        if (rack.Kind == ConvoxRackKind.Kubernetes && Runspace.DefaultRunspace is { } session && !Used.Contains(rack))
        {
            // Replace an earlier connection to the same rack.
            Sessions.AddOrUpdate(session, new Connection(Current, [.. Used.Where(other => !IsSame(other, rack)), rack]));
        }
    }

    /// <summary>Disconnects the current session.</summary>
    public static void Disconnect() => Sessions.Remove(Runspace.DefaultRunspace);

    private static bool IsSame(ConvoxRack one, ConvoxRack other) =>
        (one.Name, one.Location, one.Namespace) == (other.Name, other.Location, other.Namespace);

    private static Connection? FindConnection(Runspace? session) =>
        session is not null && Sessions.TryGetValue(session, out var connection) ? connection : null;

    private sealed record Connection(ConvoxRack? Rack, IReadOnlyList<ConvoxRack> Used);
}
