using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Racks;

namespace ConvoxSsl.Completion;

/// <summary>A request to complete an argument.</summary>
/// <param name="Command">The cmdlet.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Word">The typed part of the value, without quotes.</param>
/// <param name="Ast">The command line.</param>
/// <param name="Bound">The other parameters with values that are known before the command runs.</param>
internal sealed record CompletionRequest(string Command, string Parameter, string Word, CommandAst Ast, IDictionary Bound)
{
    private const string ResolveScript = "param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)";

    /// <summary>True if the cmdlet is one of these.</summary>
    public bool IsForAnyOf(params string[] commands) => commands.Contains(Command, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the value of another parameter as text; null if it is not given.</summary>
    public string? GetText(string parameter) => Bound[parameter]?.ToString();

    /// <summary>Converts a path of the session to an absolute path. The process can have another current directory.</summary>
    public static string GetFullPath(string path)
    {
        using var session = PowerShell.Create(RunspaceMode.CurrentRunspace).AddScript(ResolveScript).AddArgument(path);
        return session.Invoke<string>().Single();
    }

    /// <summary>Reads candidates from a local rack. A Kubernetes rack yields none, because a cluster can respond slowly.</summary>
    public IReadOnlyList<Candidate> ReadFromRack(Func<IRack, CancellationToken, IAsyncEnumerable<Candidate>> read)
    {
        var rack = Bound["Rack"] is PSObject wrapped ? wrapped.BaseObject : Bound["Rack"];
        var reference = rack is null ? null : rack as ConvoxRack ?? ConvoxRack.CreateReference(rack.ToString()!);
        var description = RackLocator.Find(reference, RackConnections.Current, RackConnections.Used, GetFullPath);
        return description.Kind == ConvoxRackKind.Local
            ? Task.Run(() => ToListAsync(read(CompositionRoot.OpenLocal(description), CancellationToken.None))).GetAwaiter().GetResult()
            : [];
    }

    private static async Task<List<Candidate>> ToListAsync(IAsyncEnumerable<Candidate> candidates)
    {
        var list = new List<Candidate>();
        await foreach (var candidate in candidates)
        {
            list.Add(candidate);
        }

        return list;
    }
}
