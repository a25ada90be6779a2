using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace ConvoxSsl.Route53.Access;

/// <summary>
/// Gets the credentials asynchronously before the SDK's signer does so synchronously, which would block a thread while a role
/// is assumed. Remembers them so that errors can be redacted.
/// </summary>
internal sealed class AsyncCredentials : PipelineHandler
{
    private volatile IReadOnlyList<string> _secrets = [];

    /// <summary>The parts of the credentials that signed the last request; none before the first one.</summary>
    public IReadOnlyList<string> Secrets => _secrets;

    /// <summary>Adds this handler to a pipeline.</summary>
    public void AddTo(RuntimePipeline pipeline) => pipeline.AddHandlerBefore<Signer>(this);

    /// <inheritdoc/>
    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        if (executionContext.RequestContext.Identity is AWSCredentials credentials)
        {
            var keys = await credentials.GetCredentialsAsync();
            _secrets = keys.UseToken ? [keys.AccessKey, keys.SecretKey, keys.Token] : [keys.AccessKey, keys.SecretKey];
            executionContext.RequestContext.Identity = keys.UseToken
                ? new SessionAWSCredentials(keys.AccessKey, keys.SecretKey, keys.Token)
                : new BasicAWSCredentials(keys.AccessKey, keys.SecretKey);
        }

        return await base.InvokeAsync<T>(executionContext);
    }
}
