using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>Reads values of stored targets, which a newer version of the module may have written.</summary>
public static class TargetValue
{
    /// <summary>Returns the protocol in which TLS begins at an endpoint; null if TLS begins at once.</summary>
    /// <exception cref="EngineException"><c>TargetsDamaged</c>: it is not known.</exception>
    public static Endpoints.StartTls? GetStartTls(TargetEndpoint endpoint) => endpoint.StartTls is { } name
        ? Parse<Endpoints.StartTls>(name, "protocol", TargetVerification.GetAddress(endpoint).ToString())
        : null;

    /// <summary>True if this version knows the name of a value.</summary>
    internal static bool IsKnown<T>(string name)
        where T : struct, Enum => Enum.IsDefined(typeof(T), name);

    /// <summary>Returns the value with a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="kind">The kind of the value, for the message.</param>
    /// <param name="place">The files or the endpoint, for the message.</param>
    /// <exception cref="EngineException"><c>TargetsDamaged</c>: it is not known.</exception>
    internal static T Parse<T>(string name, string kind, string place)
        where T : struct, Enum =>
        IsKnown<T>(name)
            ? Enum.Parse<T>(name)
            : throw new EngineException(
                ErrorCode.TargetsDamaged, EngineErrorKind.InvalidData, $"The {kind} '{name}' of the target '{place}' is not known.", name)
            {
                Remedy = "A newer version of the module may know it.",
            };
}
