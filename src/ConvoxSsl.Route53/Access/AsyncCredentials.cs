using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace ConvoxSsl.Route53.Access;

/// <summary>
/// Fetches the credentials before the SDK's signer asks for them: it would ask synchronously, and block a thread for as
/// long as a role is being assumed.
/// </summary>
internal sealed class AsyncCredentials : PipelineHandler
{
    /// <summary>Puts it into a pipeline.</summary>
    public static void AddTo(RuntimePipeline pipeline) => pipeline.AddHandlerBefore<Signer>(new AsyncCredentials());

    /// <inheritdoc/>
    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        if (executionContext.RequestContext.Identity is AWSCredentials credentials)
        {
            var keys = await credentials.GetCredentialsAsync();
            executionContext.RequestContext.Identity = keys.UseToken
                ? new SessionAWSCredentials(keys.AccessKey, keys.SecretKey, keys.Token)
                : new BasicAWSCredentials(keys.AccessKey, keys.SecretKey);
        }

        return await base.InvokeAsync<T>(executionContext);
    }
}
