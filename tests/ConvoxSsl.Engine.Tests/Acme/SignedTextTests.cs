using System.Text.Json;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

/// <summary>Signed messages in what CAs answer.</summary>
public sealed class SignedTextTests
{
    private const string Message = """{"protected":"eyJhbGciOiJIUzI1NiJ9","payload":"eyJrdHkiOiJFQyJ9","signature":"c2lnbmF0dXJl-_"}""";

    [Fact]
    public void Signatures_and_payloads_are_struck_out_however_often_the_message_is_quoted()
    {
        var text = Message;
        for (var depth = 0; depth < 4; depth++)
        {
            var told = SignedText.StrikeOut(text);
            Assert.DoesNotContain("c2lnbmF0dXJl", told, StringComparison.Ordinal);
            Assert.DoesNotContain("eyJrdHkiOiJFQyJ9", told, StringComparison.Ordinal);
            Assert.Contains("eyJhbGciOiJIUzI1NiJ9", told, StringComparison.Ordinal);
            text = JsonSerializer.Serialize(new { detail = text });
        }
    }

    [Fact]
    public void Of_a_payload_only_signatures_are_struck_out() => Assert.Equal(
        """{"protected":"eyJhbGciOiJIUzI1NiJ9","payload":"eyJrdHkiOiJFQyJ9","signature":"***"}""", SignedText.StrikeOutSignatures(Message));

    [Fact]
    public void A_problem_without_a_type_is_an_untyped_one()
    {
        var problem = JsonSerializer.Deserialize("""{"detail":"no"}""", AcmeJson.Default.AcmeProblem)!;
        Assert.Equal(("about:blank", "about:blank"), (problem.Type, problem.ShortType));
    }
}
