using System.Net;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Tests.Http;

public sealed class HttpStatusTextTests
{
    [Theory]
    [InlineData(503, "HTTP 503 (Service Unavailable)")]
    [InlineData(404, "HTTP 404 (Not Found)")]
    [InlineData(422, "HTTP 422 (Unprocessable Entity)")]
    [InlineData(520, "HTTP 520")]
    public void A_status_has_its_number_and_its_standard_phrase(int status, string text) =>
        Assert.Equal(text, HttpStatusText.Describe((HttpStatusCode)status));
}
