using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace ConvoxSsl.Route53.Api;

/// <summary>A request in the form that the SDK's pipeline accepts.</summary>
/// <param name="method">The HTTP method.</param>
/// <param name="path">The path, with <c>{Id}</c> as the placeholder of the id.</param>
/// <param name="id">The id of a zone or change.</param>
internal sealed class Route53Call(string method, string path, string? id) : AmazonWebServiceRequest
{
    /// <summary>The HTTP method.</summary>
    public string Method { get; } = method;

    /// <summary>The path, with <c>{Id}</c> as the placeholder of the id.</summary>
    public string Path { get; } = path;

    /// <summary>The id of a zone or change.</summary>
    public string? Id { get; } = id;

    /// <summary>The query.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = new Dictionary<string, string>();

    /// <summary>The document to send.</summary>
    public XDocument? Body { get; init; }
}

/// <summary>The document of a response.</summary>
internal sealed class Route53Response : AmazonWebServiceResponse
{
    /// <summary>The root element.</summary>
    public XElement Root { get; init; } = new("None");
}

/// <summary>Converts a call to an HTTP request, which the pipeline signs and sends.</summary>
internal sealed class Route53Marshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    /// <inheritdoc/>
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var call = (Route53Call)input;
        var request = new DefaultRequest(call, "Amazon.Route53")
        {
            HttpMethod = call.Method,
            ResourcePath = call.Path,
            UseQueryString = call.Body is null,
        };
        if (call.Id is { } id)
        {
            request.AddPathResource("{Id}", id);
        }

        foreach (var (name, value) in call.Query)
        {
            request.Parameters.Add(name, value);
        }

        if (call.Body is { } body)
        {
            // Bytes, not a stream: the pipeline then sends their length.
            request.Content = Route53Xml.ToBytes(body);
            request.Headers["Content-Type"] = "application/xml";
        }

        return request;
    }
}

/// <summary>Reads the document of a response, or the code and message of an error.</summary>
internal sealed class Route53Unmarshaller : XmlResponseUnmarshaller
{
    /// <inheritdoc/>
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context)
    {
        try
        {
            var root = Route53Xml.Load(context.Stream);
            return Route53Xml.IsResponse(root) ? new Route53Response { Root = root } : throw NotRoute53(null);
        }
        catch (XmlException e)
        {
            throw NotRoute53(e);
        }
    }

    /// <inheritdoc/>
    public override AmazonServiceException UnmarshallException(
        XmlUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var (code, message) = ReadError(context.Stream);
        return new AmazonServiceException(message, innerException, ErrorType.Unknown, code, string.Empty, statusCode);
    }

    // For example, a proxy's error page.
    private static AmazonServiceException NotRoute53(XmlException? cause) =>
        new("The response is not from Route53.", cause, ErrorType.Unknown, null, null, HttpStatusCode.OK);

    // A rejected batch is either a document of its own or an ordinary error; both occur.
    private static (string? Code, string Message) ReadError(Stream stream)
    {
        try
        {
            var root = Route53Xml.Load(stream);
            var error = root.Descendants().FirstOrDefault(e => e.Name.LocalName == "Error") ?? root;
            var messages = error.Descendants().Where(e => e.Name.LocalName == "Message").Select(e => e.Value);
            var code = error.Elements().FirstOrDefault(e => e.Name.LocalName == "Code")?.Value ?? root.Name.LocalName;
            return (code, string.Join(" ", messages));
        }
        catch (XmlException)
        {
            return (null, "The response is not XML.");
        }
    }
}
