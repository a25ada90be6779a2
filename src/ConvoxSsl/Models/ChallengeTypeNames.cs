using ConvoxSsl.Engine.Challenges;

namespace ConvoxSsl;

/// <summary>The names of challenge types on the wire.</summary>
internal static class ChallengeTypeNames
{
    public static string ToWireName(this ChallengeType type) => type switch
    {
        ChallengeType.Dns01 => ChallengeTypes.Dns01,
        ChallengeType.TlsAlpn01 => ChallengeTypes.TlsAlpn01,
        _ => ChallengeTypes.Http01,
    };
}
