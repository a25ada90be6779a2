using System.Net;
using Amazon.Runtime;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Api;
using Xunit;

namespace ConvoxSsl.Fuzzing;

public sealed class EndlessResponseTests
{
    [Fact]
    public async Task Endless_response_of_a_CA_is_rejected()
    {
        using var endless = new EndlessHandler(HttpStatusCode.OK);
        var failure = await Assert.ThrowsAsync<AcmeException>(() =>
            AcmeClient.ConnectAsync(
                new Uri("https://ca.example/directory"), new AcmeClientOptions { Handler = endless }, CancellationToken.None));
        Assert.Contains("larger than", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_response_of_Cloudflare_is_rejected()
    {
        using var endless = new EndlessHandler(HttpStatusCode.OK);
        using var provider = new CloudflareProvider(
            new CloudflareCredential(null, new DnsSecret("token")),
            new CloudflareOptions { Handler = endless, BaseUrl = new Uri("https://api.example") });
        var failure = await Assert.ThrowsAsync<EngineException>(() => provider.FindZoneAsync("example.org", CancellationToken.None));
        Assert.Contains("larger than", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.BadRequest)]
    public async Task Endless_response_of_Route53_is_rejected(HttpStatusCode status)
    {
        var partition = AwsPartition.Find(null, "us-east-1");
        var config = new Route53ClientConfig(partition, null) { HttpClientFactory = new EndlessClientFactory(status) };
        using var client = new Route53Client(new BasicAWSCredentials("AKIA", "secret"), config, partition);
        var failure = await Assert.ThrowsAsync<EngineException>(() => client.GetHostedZoneAsync("Z1", CancellationToken.None));
        Assert.Contains("AWS", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task Endless_response_of_STS_is_rejected(HttpStatusCode status)
    {
        var config = SecurityTokenService.CreateConfig("us-east-1", null, null);
        config.HttpClientFactory = new EndlessClientFactory(status);
        using var service = new SecurityTokenService(new BasicAWSCredentials("AKIA", "secret"), config);
        var failure = await Assert.ThrowsAsync<EngineException>(() => service.GetCallerArnAsync(CancellationToken.None));
        Assert.Contains("AWS", failure.Message, StringComparison.Ordinal);
    }

    private sealed class EndlessClientFactory(HttpStatusCode status) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new EndlessHandler(status));

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }

    /// <summary>A server that never stops sending.</summary>
    private sealed class EndlessHandler(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StreamContent(new EndlessStream()), RequestMessage = request });
    }

    // Starts a document and continues its text endlessly.
    private sealed class EndlessStream : Stream
    {
        private bool _isStarted;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'a');
            if (!_isStarted)
            {
                "<a>"u8[..Math.Min(3, count)].CopyTo(buffer.AsSpan(offset));
                _isStarted = true;
            }

            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
