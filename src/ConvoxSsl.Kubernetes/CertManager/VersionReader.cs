using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>
/// Reads the version of the rack's cert-manager, once: the tag of its controller's image, or else the version in the labels of its
/// Deployment or ServiceAccount, which a manual update of the image does not change.
/// </summary>
internal sealed partial class VersionReader(ClusterApi api)
{
    private const string VersionLabel = "app.kubernetes.io/version";

    // Read again after a failure.
    private volatile string? _version;

    /// <summary>Checks the version for a fault.</summary>
    public async Task<ControllerCheck> CheckAsync(VersionFault fault, CancellationToken ct)
    {
        var (text, problem) = _version is { } known ? (known, null) : await ReadAsync(ct).ConfigureAwait(false);
        if (text is null)
        {
            return new ControllerCheck(
                RackScope.ControllerName, null, $"The version of {RackScope.ControllerName} is unknown. {problem}".TrimEnd());
        }

        _version = text;
        return fault.IsIn(Parse(text)!)
            ? new ControllerCheck(RackScope.ControllerName, true, fault.Describe(text))
            : new ControllerCheck(RackScope.ControllerName, false, $"{RackScope.ControllerName} {text} has no known fault.");
    }

    /// <summary>Reads the version as the cluster has it, such as <c>v1.10.2</c>; null with the reason if that fails.</summary>
    private async Task<(string? Version, string? Problem)> ReadAsync(CancellationToken ct)
    {
        string? problem = null;
        foreach (var (resource, name) in new[]
        {
            (ApiResource.Deployments, RackScope.CertManagerDeployment), (ApiResource.ServiceAccounts, RackScope.CertManagerAccount),
        })
        {
            try
            {
                var found = await api.FindAsync(resource, RackScope.CertManagerNamespace, name, ct).ConfigureAwait(false);
                if (Find(found) is { } version)
                {
                    return (version, null);
                }
            }
            catch (EngineException e)
            {
                // Without the permission, or while the cluster does not respond, the version does not matter.
                problem ??= e.Message;
            }
        }

        return (null, problem);
    }

    private static string? Find(JsonObject? found)
    {
        var tags = found.At("spec", "template", "spec").Objects("containers")
            .Where(c => IsController(c.Text("name")) || IsController(c.Text("image")))
            .Select(c => TagOf(c.Text("image")));
        return tags.Append(found.At("metadata", "labels").Text(VersionLabel)).FirstOrDefault(text => Parse(text) is not null);
    }

    // Others are sidecars.
    private static bool IsController(string? name) => name?.Contains(RackScope.ControllerName, StringComparison.Ordinal) is true;

    // [registry[:port]/]repository[:tag][@digest]
    private static string? TagOf(string? image)
    {
        var name = image?.Split('@')[0];
        return name?[(name.LastIndexOf('/') + 1)..].Split(':', 2) is [_, var tag] ? tag : null;
    }

    private static Version? Parse(string? text) => text is not null && Numbers().Match(text) is { Success: true } match
        ? new Version(Number(match, 1), Number(match, 2), Number(match, 3))
        : null;

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\Av?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?![\d.])", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
