using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ConvoxSsl.Cmdlets;

/// <summary>Which rack each session is connected to, and which it has used: the only state that outlives a cmdlet.</summary>
internal static class RackConnections
{
    private static readonly ConditionalWeakTable<Runspace, Connection> Sessions = [];

    /// <summary>The rack that the session of this thread is connected to, or null.</summary>
    public static ConvoxRack? Current => FindConnection(Runspace.DefaultRunspace)?.Rack;

    /// <summary>The racks in clusters that the session of this thread has used, for their names in a pipeline's objects.</summary>
    public static IReadOnlyList<ConvoxRack> Used => FindConnection(Runspace.DefaultRunspace)?.Used ?? [];

    /// <summary>Connects the session of this thread.</summary>
    public static void Connect(ConvoxRack rack)
    {
        Remember(rack);
        Sessions.AddOrUpdate(Runspace.DefaultRunspace, new Connection(rack, Used));
    }

    /// <summary>Lets a rack be found by its name later in the session of this thread.</summary>
    public static void Remember(ConvoxRack rack)
    {
        if (rack.Kind == ConvoxRackKind.Kubernetes && Runspace.DefaultRunspace is { } session && !Used.Contains(rack))
        {
            // One that was connected again takes its own place.
            Sessions.AddOrUpdate(session, new Connection(Current, [.. Used.Where(other => !IsSame(other, rack)), rack]));
        }
    }

    /// <summary>Disconnects the session of this thread.</summary>
    public static void Disconnect() => Sessions.Remove(Runspace.DefaultRunspace);

    private static bool IsSame(ConvoxRack one, ConvoxRack other) => (one.Name, one.Location, one.Namespace) == (other.Name, other.Location, other.Namespace);

    private static Connection? FindConnection(Runspace? session) => session is not null && Sessions.TryGetValue(session, out var connection) ? connection : null;

    private sealed record Connection(ConvoxRack? Rack, IReadOnlyList<ConvoxRack> Used);
}
