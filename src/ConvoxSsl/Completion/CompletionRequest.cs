using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>What the tab key was pressed at.</summary>
/// <param name="Command">The cmdlet.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Word">What was typed of the value.</param>
/// <param name="Ast">The command as it stands.</param>
/// <param name="Bound">The other parameters, as far as their values are known before it runs.</param>
internal sealed record CompletionRequest(string Command, string Parameter, string Word, CommandAst Ast, IDictionary Bound)
{
    private const string Resolve = "param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)";

    /// <summary>Whether it is one of these cmdlets.</summary>
    public bool IsForAnyOf(params string[] commands) => commands.Contains(Command, StringComparer.OrdinalIgnoreCase);

    /// <summary>The text of another parameter; null where it is not given.</summary>
    public string? GetText(string parameter) => Bound[parameter]?.ToString();

    /// <summary>A path of the session made absolute; where the session is, the process need not be.</summary>
    public static string GetFullPath(string path)
    {
        using var session = PowerShell.Create(RunspaceMode.CurrentRunspace).AddScript(Resolve).AddArgument(path);
        return session.Invoke<string>().Single();
    }

    /// <summary>What is read from the rack: nothing where it is in a cluster, which may be slow to answer.</summary>
    public IReadOnlyList<Candidate> ReadFromRack(Func<IRack, CancellationToken, IAsyncEnumerable<Candidate>> read)
    {
        var rack = Bound["Rack"] is PSObject wrapped ? wrapped.BaseObject : Bound["Rack"];
        var named = rack is null ? null : rack as ConvoxRack ?? ConvoxRack.Reference(rack.ToString()!);
        var description = CompositionRoot.Find(named, RackConnections.Current, RackConnections.Used, GetFullPath);
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
