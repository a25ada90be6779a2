using System.Text.Json;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

/// <summary>Redaction of signed messages in CA responses.</summary>
public sealed class JwsRedactionTests
{
    private const string Message = """{"protected":"eyJhbGciOiJIUzI1NiJ9","payload":"eyJrdHkiOiJFQyJ9","signature":"c2lnbmF0dXJl-_"}""";

    [Fact]
    public void Redact_NestedMessages_RemovesSignaturesAndPayloads()
    {
        var text = Message;
        for (var depth = 0; depth < 4; depth++)
        {
            var redacted = JwsRedaction.Redact(text);
            Assert.DoesNotContain("c2lnbmF0dXJl", redacted, StringComparison.Ordinal);
            Assert.DoesNotContain("eyJrdHkiOiJFQyJ9", redacted, StringComparison.Ordinal);
            Assert.Contains("eyJhbGciOiJIUzI1NiJ9", redacted, StringComparison.Ordinal);
            text = JsonSerializer.Serialize(new { detail = text });
        }
    }

    [Fact]
    public void RedactSignatures_KeepsPayloads() => Assert.Equal(
        """{"protected":"eyJhbGciOiJIUzI1NiJ9","payload":"eyJrdHkiOiJFQyJ9","signature":"***"}""", JwsRedaction.RedactSignatures(Message));

    [Fact]
    public void Problem_WithoutType_IsUntyped()
    {
        var problem = JsonSerializer.Deserialize("""{"detail":"no"}""", AcmeJson.Default.AcmeProblem)!;
        Assert.Equal(("about:blank", "about:blank"), (problem.Type, problem.ShortType));
    }
}
