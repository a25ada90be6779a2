using System.Collections;
using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Scripts;

namespace ConvoxSsl.Scripts;

/// <summary>
/// A DNS provider in PowerShell: the user's own scripts, or a plugin of the installed Posh-ACME module. Each call runs in a new
/// session.
/// </summary>
/// <param name="name">The name in errors.</param>
/// <param name="present">Creates the scripts that add records.</param>
/// <param name="cleanUp">Creates the scripts that remove records.</param>
/// <param name="zones">Finds the DNS zone of a name.</param>
internal sealed class ScriptDnsProvider(
    string name,
    Func<IReadOnlyList<TxtRecord>, IEnumerable<IsolatedScript>> present,
    Func<IReadOnlyList<TxtRecord>, IEnumerable<IsolatedScript>> cleanUp,
    IZoneLookup zones) : IDnsProvider
{
    // Run the plugin's functions in the module's scope, because they call its private functions.
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

    /// <summary>Describes the provider that runs user scripts.</summary>
    public static DnsProviderDescriptor CreateScriptDescriptor() =>
        DnsProviderDescriptor.Create(
            ScriptSettings.ProviderName,
            ScriptSettingsJson.Default.ScriptSettings,
            (solverId, settings, _, zones) => new ScriptDnsProvider(
                $"The script of DNS solver {solverId}",
                records => CreatePerRecord(settings.Present, records),
                records => CreatePerRecord(settings.CleanUp, records),
                zones));

    /// <summary>Describes the provider that runs a plugin of Posh-ACME.</summary>
    public static DnsProviderDescriptor CreatePoshAcmeDescriptor() =>
        DnsProviderDescriptor.Create(
            PoshAcmeSettings.ProviderName,
            ScriptSettingsJson.Default.PoshAcmeSettings,
            (solverId, settings, secret, zones) => new ScriptDnsProvider(
                $"The Posh-ACME plugin '{settings.Plugin}' of DNS solver {solverId}",
                records => [CreatePluginScript(settings.Plugin, "Add-DnsTxt", records, secret)],
                records => [CreatePluginScript(settings.Plugin, "Remove-DnsTxt", records, secret)],
                zones));

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
        var zone = await zones.FindZoneAsync(recordName, ct);
        return new DnsZone(zone, zone, []);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DnsCheck> CheckAsync(string recordName, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        yield return new DnsCheck("Script", true, $"{name} runs in a new session.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static IEnumerable<IsolatedScript> CreatePerRecord(string text, IReadOnlyList<TxtRecord> records) =>
        records.Select(record => ScriptBinding.ForRecord(text).Bind(record));

    private static IsolatedScript CreatePluginScript(
        string plugin, string function, IReadOnlyList<TxtRecord> records, DnsSecret? arguments) => new(
        PluginScript,
        new Hashtable
        {
            ["Plugin"] = plugin,
            ["Function"] = function,
            ["Records"] = records.Select(r => new Hashtable { ["Name"] = r.Name, ["Value"] = r.Value }).ToArray(),
            ["Arguments"] = PluginArguments.Deserialize(arguments),
        },
        [],
        PluginArguments.FindSecretTexts(arguments),
        ErrorCode.DnsScriptFailed);
}
