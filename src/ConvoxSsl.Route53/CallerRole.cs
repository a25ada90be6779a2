using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Access;

namespace ConvoxSsl.Route53;

/// <summary>Finds the role of the current AWS identity, which the role of a DNS solver must trust.</summary>
public static class CallerRole
{
    /// <summary>Finds the ARN of the role. It lacks the role's path, if there is one.</summary>
    /// <param name="profileName">The profile in the AWS configuration; null for the credentials that the SDK selects.</param>
    /// <param name="region">The region of the security token service; null for the default.</param>
    /// <param name="options">The settings that all solvers share.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="InvalidInputException"><c>InvalidRegion</c>.</exception>
    /// <exception cref="EngineException"><c>NoAwsRole</c>: the identity is a user; or an error of the Route53 provider.</exception>
    public static async Task<string> FindAsync(string? profileName, string? region, Route53Options options, CancellationToken ct)
    {
        var given = new Route53Settings { ProfileName = profileName, Region = region };
        using var access = new AwsAccess(Route53Input.Change(settings: null, given), options);
        return AwsCaller.GetRole(await access.GetCallerArnAsync(ct)) ?? throw new EngineException(
            ErrorCode.NoAwsRole, EngineErrorKind.InvalidState, "The current AWS identity is a user, not a role.", profileName);
    }
}
