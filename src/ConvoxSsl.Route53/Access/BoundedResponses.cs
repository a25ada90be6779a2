using Amazon.Runtime;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Route53.Access;

/// <summary>Limits the size of responses; the SDK itself reads any length and buffers much of it.</summary>
internal sealed class BoundedResponses : PipelineHandler
{
    // The largest page of the longest records that Route53 returns is smaller.
    private const long MaxResponseSize = 8 << 20;

    public static void AddTo(RuntimePipeline pipeline) => pipeline.AddHandlerAfter<Unmarshaller>(new BoundedResponses());

    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        try
        {
            var result = await base.InvokeAsync<T>(executionContext);
            executionContext.ResponseContext.HttpResponse = new CappedResponse(executionContext.ResponseContext.HttpResponse);
            return result;
        }
        catch (HttpErrorResponseException e)
        {
            // Error responses arrive as this exception.
            throw new HttpErrorResponseException(e.Message, e, new CappedResponse(e.Response));
        }
    }

    private static EngineException TooLarge() => new(
        ErrorCode.DnsProviderFailed,
        EngineErrorKind.InvalidData,
        $"A response of AWS is larger than {MaxResponseSize} bytes.")
    {
        Remedy = AwsFailure.ProxyRemedy,
    };

    private sealed class CappedResponse(IWebResponseData response) : IWebResponseData, IHttpResponseBody
    {
        public long ContentLength => response.ContentLength;

        public string ContentType => response.ContentType;

        public System.Net.HttpStatusCode StatusCode => response.StatusCode;

        public bool IsSuccessStatusCode => response.IsSuccessStatusCode;

        public IHttpResponseBody ResponseBody => this;

        public string[] GetHeaderNames() => response.GetHeaderNames();

        public bool IsHeaderPresent(string headerName) => response.IsHeaderPresent(headerName);

        public string GetHeaderValue(string headerName) => response.GetHeaderValue(headerName);

        public bool IsEventHeaderPresent(string headerName) => response.IsEventHeaderPresent(headerName);

        public IEventStreamHeader GetEventStreamHeader(string headerName) => response.GetEventStreamHeader(headerName);

        public Stream OpenResponse() => new CappedStream(response.ResponseBody.OpenResponse());

        public async Task<Stream> OpenResponseAsync() => new CappedStream(await response.ResponseBody.OpenResponseAsync());

        public void Dispose() => response.ResponseBody.Dispose();
    }

    private sealed class CappedStream(Stream inner) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Count(int read) => (_read += read) <= MaxResponseSize ? read : throw TooLarge();
    }
}
