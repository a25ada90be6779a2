using System.Management.Automation;
using System.Security;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Providers.Scripts;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Commands;

/// <summary>Converts the parameters of <see cref="DnsSolverCmdlet"/> to the settings and the credential of a DNS solver.</summary>
/// <param name="given">The cmdlet with the parameters.</param>
internal sealed class DnsSolverInput(DnsSolverCmdlet given)
{
    /// <summary>The provider of the given parameters; null if there are none.</summary>
    public ConvoxDnsProvider? Provider => Settings.Select(setting => (ConvoxDnsProvider?)setting.Provider).FirstOrDefault();

    /// <summary>Returns the reason why the given parameters do not suit one provider; null if they do.</summary>
    public string? FindSecondProvider() => Settings.DistinctBy(setting => setting.Provider).ToArray() is [var one, var other, ..]
        ? $"A DNS solver has one provider, but -{one.Name} is a setting of {one.Provider}, and -{other.Name} is one of {other.Provider}."
        : null;

    /// <summary>Applies the given parameters to a solver. Returns it with its credential, if one was given.</summary>
    /// <exception cref="InvalidInputException">A parameter is not valid or missing.</exception>
    public (DnsSolver Solver, DnsSecret? Secret) Apply(DnsSolver solver)
    {
        if (given.Vault is not null && VaultSecret is null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, "A vault was given without the name of a secret.", given.Vault)
            {
                Remedy = new Remedy("InvalidParameters.Vault"),
            };
        }

        switch (Provider)
        {
            case ConvoxDnsProvider.Route53:
                return (solver with { Settings = Route53Input.Change(solver.Settings as Route53Settings, GivenRoute53) }, null);
            case ConvoxDnsProvider.Cloudflare:
                var (cloudflare, secret) = ReadCloudflare();
                return (solver with { Settings = cloudflare, VaultSecret = VaultSecret }, secret);
            case ConvoxDnsProvider.Script:
                var script = solver.Settings as ScriptSettings;
                var present = Require(ReadScript(given.Present, nameof(given.Present)) ?? script?.Present, nameof(given.Present));
                var cleanUp = Require(ReadScript(given.CleanUp, nameof(given.CleanUp)) ?? script?.CleanUp, nameof(given.CleanUp));
                return (solver with { Settings = new ScriptSettings(present, cleanUp) }, null);
            case ConvoxDnsProvider.PoshAcme:
                return ApplyPlugin(solver);
            default:
                return (solver, null);
        }
    }

    private IEnumerable<(ConvoxDnsProvider Provider, string Name)> Settings =>
        from setting in new (ConvoxDnsProvider Provider, string Name, object? Value)[]
        {
            (ConvoxDnsProvider.Route53, nameof(given.Role), given.Role),
            (ConvoxDnsProvider.Route53, nameof(given.HostedZoneId), given.HostedZoneId),
            (ConvoxDnsProvider.Route53, nameof(given.Region), given.Region),
            (ConvoxDnsProvider.Route53, nameof(given.ExternalId), given.ExternalId),
            (ConvoxDnsProvider.Route53, nameof(given.ProfileName), given.ProfileName),
            (ConvoxDnsProvider.Cloudflare, nameof(given.ApiToken), given.ApiToken),
            (ConvoxDnsProvider.Cloudflare, nameof(given.ApiKey), given.ApiKey),
            (ConvoxDnsProvider.Cloudflare, nameof(given.ApiTokenSecret), given.ApiTokenSecret),
            (ConvoxDnsProvider.Cloudflare, nameof(given.ApiKeySecret), given.ApiKeySecret),
            (ConvoxDnsProvider.Cloudflare, nameof(given.Email), given.Email),
            (ConvoxDnsProvider.Script, nameof(given.Present), given.Present),
            (ConvoxDnsProvider.Script, nameof(given.CleanUp), given.CleanUp),
            (ConvoxDnsProvider.PoshAcme, nameof(given.PoshAcmePlugin), given.PoshAcmePlugin),
            (ConvoxDnsProvider.PoshAcme, nameof(given.PluginArgs), given.PluginArgs),
            (ConvoxDnsProvider.PoshAcme, nameof(given.PluginArgsSecret), given.PluginArgsSecret),
        }
        where setting.Value is not null
        select (setting.Provider, setting.Name);

    private Route53Settings GivenRoute53 => new()
    {
        Role = given.Role,
        HostedZoneId = given.HostedZoneId,
        Region = given.Region,
        ExternalId = given.ExternalId,
        ProfileName = given.ProfileName,
    };

    private VaultSecret? VaultSecret =>
        (given.ApiTokenSecret ?? given.ApiKeySecret ?? given.PluginArgsSecret) is { } name ? new VaultSecret(name, given.Vault) : null;

    // Validate the name of a credential by the rules for the credential itself.
    private (CloudflareSettings Settings, DnsSecret? Secret) ReadCloudflare()
    {
        if ((given.ApiToken is not null && given.ApiTokenSecret is not null)
            || (given.ApiKey is not null && given.ApiKeySecret is not null))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidCredential, "Both a credential and the name of a credential in a vault were given.")
            {
                Remedy = "Give only one of them.",
            };
        }

        var placeholder = VaultSecret is null ? null : "name";
        var (settings, secret) = CloudflareInput.Parse(
            given.ApiTokenSecret is null ? GetText(given.ApiToken) : placeholder,
            given.ApiKeySecret is null ? GetText(given.ApiKey) : placeholder,
            given.Email);
        return (settings, VaultSecret is null ? secret : null);
    }

    private (DnsSolver Solver, DnsSecret? Secret) ApplyPlugin(DnsSolver solver)
    {
        if (given.PluginArgs is not null && given.PluginArgsSecret is not null)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidParameters,
                "Both the arguments of the plugin and the name of a secret with them were given.",
                given.PluginArgsSecret)
            {
                Remedy = new Remedy("InvalidParameters.PluginArgs"),
            };
        }

        var current = solver.Settings as PoshAcmeSettings;
        var plugin = Require(given.PoshAcmePlugin ?? current?.Plugin, nameof(given.PoshAcmePlugin));
        var changed = solver with { Settings = new PoshAcmeSettings(plugin) };
        return given.PluginArgsSecret is not null ? (changed with { VaultSecret = VaultSecret }, null)
            : given.PluginArgs is null && current is not null ? (changed, null)
            : (changed with { VaultSecret = null }, PluginArguments.Serialize(given.PluginArgs ?? []));
    }

    // Removing may need the name only, or nothing at all.
    private static string? ReadScript(ScriptBlock? block, string parameter)
    {
        if (block?.ToString() is not { } text)
        {
            return null;
        }

        var script = ScriptBinding.ForRecord(text);
        var isEnough = parameter == nameof(DnsSolverCmdlet.Present)
            ? script.ReceivedCount == 2
            : script.ReceivedCount > 0 || script.IsEmpty;
        return isEnough ? text : throw new InvalidInputException(
            ErrorCode.InvalidParameters,
            "The script of the DNS solver is not valid because it does not receive the name and the value of the TXT record.",
            parameter)
        {
            Remedy = new Remedy("InvalidParameters.Script", parameter),
        };
    }

    private static string Require(string? value, string parameter) => value
        ?? throw new InvalidInputException(ErrorCode.InvalidParameters, "A required setting of the DNS solver is missing.", parameter)
        {
            Remedy = new Remedy("InvalidParameters.MissingSetting", parameter),
        };

    private static string? GetText(SecureString? secret) => secret is null ? null : new string(Secret.ToCharArray(secret));
}
