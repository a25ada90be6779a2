using Amazon.Runtime;

namespace ConvoxSsl.Route53.Access;

/// <summary>Credentials that tell what no error may show.</summary>
internal interface IKnownSecrets
{
    /// <summary>The parts of the credentials that were used last; none before the first use.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>The parts of credentials.</summary>
    static IReadOnlyList<string> Of(ImmutableCredentials credentials) =>
        [credentials.AccessKey, credentials.SecretKey, .. credentials.UseToken ? [credentials.Token] : Array.Empty<string>()];
}
