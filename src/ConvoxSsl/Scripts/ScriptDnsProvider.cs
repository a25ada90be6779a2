using System.Collections;
using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Scripts;

/// <summary>
/// A DNS provider made of PowerShell: scripts of the user's own, or a plugin of an installed Posh-ACME module. Each call
/// runs in a session of its own.
/// </summary>
/// <param name="name">What errors call it.</param>
/// <param name="present">The scripts, with their parameters, that add records.</param>
/// <param name="cleanUp">Those that remove records.</param>
/// <param name="findZone">Finds the zone of a name in the DNS.</param>
internal sealed class ScriptDnsProvider(
    string name,
    Func<IReadOnlyList<TxtRecord>, IEnumerable<SolverScript>> present,
    Func<IReadOnlyList<TxtRecord>, IEnumerable<SolverScript>> cleanUp,
    Func<string, CancellationToken, Task<string>> findZone) : IDnsProvider
{
    // The functions of a plugin belong into the module's own scope, where they find its private ones.
    private const string PluginScript = """
        param($Plugin, $Function, $Records, $Arguments)
        $ErrorActionPreference = 'Stop'
        if (-not (Get-Module Posh-ACME)) { Import-Module Posh-ACME -ErrorAction Stop }
        & (Get-Module Posh-ACME) {
            param($Plugin, $Function, $Records, $Arguments)
            $detail = $script:Plugins[$Plugin]
            if (-not $detail -or $detail.ChallengeType -ne 'dns-01') { throw "Posh-ACME has no DNS plugin '$Plugin'." }
            . $detail.Path
            foreach ($record in $Records) { & $Function -RecordName $record.Name -TxtValue $record.Value @Arguments }
            Save-DnsTxt @Arguments
        } $Plugin $Function $Records $Arguments
        """;

    /// <summary>Makes providers for solvers that are scripts.</summary>
    public static DnsProviderFactory ScriptFactory(Func<string, CancellationToken, Task<string>> findZone) => (solver, _) =>
        solver.Script is { } script
            ? new ScriptDnsProvider($"The script of DNS solver {solver.Id}", records => OnePerRecord(script.Present, records), records => OnePerRecord(script.CleanUp, records), findZone)
            : null;

    /// <summary>Makes providers for solvers that are plugins of Posh-ACME.</summary>
    public static DnsProviderFactory PoshAcmeFactory(Func<string, CancellationToken, Task<string>> findZone) => (solver, secret) =>
        solver.PoshAcme is { } settings
            ? new ScriptDnsProvider(
                $"The Posh-ACME plugin '{settings.Plugin}' of DNS solver {solver.Id}",
                records => [Plugin(settings.Plugin, "Add-DnsTxt", records, secret)],
                records => [Plugin(settings.Plugin, "Remove-DnsTxt", records, secret)],
                findZone)
            : null;

    /// <inheritdoc/>
    public async Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        foreach (var script in present(records))
        {
            await script.RunAsync(name, ct);
        }
    }

    /// <inheritdoc/>
    public async Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        EngineException? first = null;
        foreach (var script in cleanUp(records))
        {
            try
            {
                await script.RunAsync(name, ct);
            }
            catch (EngineException e)
            {
                first ??= e;
            }
        }

        if (first is not null)
        {
            throw first;
        }
    }

    /// <inheritdoc/>
    public async Task<DnsZone> FindZoneAsync(string recordName, CancellationToken ct)
    {
        var zone = await findZone(recordName, ct);
        return new DnsZone(zone, zone, []);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DnsCheck> CheckAsync(string recordName, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        yield return new DnsCheck("Script", true, $"{name} runs in a session of its own.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static IEnumerable<SolverScript> OnePerRecord(string text, IReadOnlyList<TxtRecord> records) =>
        records.Select(r => new SolverScript(text, new Hashtable { ["Name"] = r.Name, ["Value"] = r.Value }, []));

    private static SolverScript Plugin(string plugin, string function, IReadOnlyList<TxtRecord> records, DnsSecret? arguments) => new(
        PluginScript,
        new Hashtable
        {
            ["Plugin"] = plugin,
            ["Function"] = function,
            ["Records"] = records.Select(r => new Hashtable { ["Name"] = r.Name, ["Value"] = r.Value }).ToArray(),
            ["Arguments"] = PluginArguments.Deserialize(arguments),
        },
        PluginArguments.FindSecretTexts(arguments));
}
