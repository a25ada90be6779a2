using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

public sealed class AcmeExceptionTests
{
    private static readonly Uri s_url = new("https://ca.example:14000/order/1");

    [Theory]
    [InlineData(
        "unreachable",
        "connection refused (5 attempts)",
        "Could not reach the CA at ca.example:14000: connection refused (5 attempts).")]
    [InlineData(
        "untrusted", "is not trusted by this machine", "The TLS certificate of the CA at ca.example:14000 is not trusted by this machine.")]
    [InlineData("orderInvalid", "it gave no reason", "The order of the CA at ca.example:14000 is invalid: it gave no reason.")]
    [InlineData("rateLimited", "too many.", "The request to the CA at ca.example:14000 failed: too many (rateLimited).")]
    public void Message_IsASentence(string type, string detail, string expected) =>
        Assert.Equal(expected, new AcmeException(AcmeProblem.Create(type, detail), s_url).Message);

    [Fact]
    public void Message_ResponseWithoutAProblem_HasNoType()
    {
        var error = new AcmeException(new AcmeProblem { Status = 503, Detail = "HTTP 503 (Service Unavailable)" }, s_url);

        Assert.Equal("The request to the CA at ca.example:14000 failed: HTTP 503 (Service Unavailable).", error.Message);
    }

    [Theory]
    [InlineData("10.0.0.1: refused")]
    [InlineData("www.example.org: 10.0.0.1: refused")]
    public void Message_FailedValidation_BeginsWithTheName(string detail)
    {
        var problem = AcmeProblem.Create("connection", detail) with
        {
            ChallengeType = "http-01",
            Identifier = new AcmeIdentifier("dns", "www.example.org"),
        };

        Assert.Equal(
            "The validation by the CA at ca.example:14000 failed: www.example.org: 10.0.0.1: refused (connection).",
            new AcmeException(problem, s_url).Message);
    }

    [Fact]
    public void Remedy_LongUrl_IsAWholeSentence()
    {
        var url = "https://ca.example/" + new string('x', 1000);
        var problem = AcmeProblem.Create("userActionRequired", "read this") with { Instance = url };

        Assert.EndsWith("asks for an action.", new AcmeException(problem, s_url).Remedy!.Text, StringComparison.Ordinal);
    }
}
