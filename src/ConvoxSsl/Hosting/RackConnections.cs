using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ConvoxSsl.Hosting;

/// <summary>Which rack each session is connected to: the only state that outlives a cmdlet.</summary>
internal static class RackConnections
{
    private static readonly ConditionalWeakTable<Runspace, ConvoxRack> Connected = [];

    /// <summary>The rack that the session of this thread is connected to, or null.</summary>
    public static ConvoxRack? Current => Runspace.DefaultRunspace is { } session && Connected.TryGetValue(session, out var rack) ? rack : null;

    /// <summary>Connects the session of this thread.</summary>
    public static void Connect(ConvoxRack rack) => Connected.AddOrUpdate(Runspace.DefaultRunspace, rack);

    /// <summary>Disconnects the session of this thread.</summary>
    public static void Disconnect() => Connected.Remove(Runspace.DefaultRunspace);
}
