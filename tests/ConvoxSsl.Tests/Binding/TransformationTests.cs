using System.Management.Automation;
using System.Security;
using ConvoxSsl.Completion;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Tests.Binding;

public sealed class TransformationTests
{
    [Theory]
    [InlineData("2160h", 90 * 24 * 3600)]
    [InlineData("90d", 90 * 24 * 3600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d2h3m4s", 93784)]
    [InlineData("45s", 45)]
    public void A_duration_is_written_as_Convox_takes_it(string text, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), new DurationAttribute().Transform(null!, text));
        Assert.Equal(TimeSpan.FromSeconds(seconds), new DurationAttribute().Transform(null!, new PSObject(text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("soon")]
    [InlineData("-1h")]
    [InlineData("1m1h")]
    [InlineData("9999999d")]
    [InlineData("1.02:03:04")]
    public void Other_texts_are_left_to_the_binder(string text) => Assert.Equal(text, new DurationAttribute().Transform(null!, text));

    [Fact]
    public void A_time_span_stays_one() => Assert.Equal(TimeSpan.FromDays(1), new DurationAttribute().Transform(null!, new PSObject(TimeSpan.FromDays(1))));

    [Fact]
    public void A_rack_is_named_by_text_or_directory()
    {
        var named = Assert.IsType<ConvoxRack>(new RackReferenceAttribute().Transform(null!, new PSObject("./rack")));
        Assert.True(named.IsReference);
        Assert.Equal("./rack", named.Name);

        var directory = new DirectoryInfo("rack");
        Assert.Equal(directory.FullName, Assert.IsType<ConvoxRack>(new RackReferenceAttribute().Transform(null!, directory)).Name);
    }

    [Fact]
    public void A_rack_stays_what_it_is()
    {
        var rack = new ConvoxRack { Name = "prod", Kind = ConvoxRackKind.Local, Location = "/racks/prod" };
        Assert.Same(rack, new RackReferenceAttribute().Transform(null!, new PSObject(rack)));
        Assert.Equal(5, new RackReferenceAttribute().Transform(null!, 5));
    }

    [Fact]
    public void A_credential_that_a_vault_gives_in_any_of_its_types_is_taken()
    {
        using var secure = Secret.FromText("hidden");
        var credential = new PSCredential("me", secure);
        Assert.Equal("hidden", new string(Secret.ToCharArray((SecureString)new SecretTextAttribute().Transform(null!, "hidden")!)));
        Assert.Equal("hidden", new string(Secret.ToCharArray((SecureString)new SecretTextAttribute().Transform(null!, new PSObject(credential))!)));
        Assert.Same(secure, new SecretTextAttribute().Transform(null!, secure));
        Assert.Equal("hidden", new string(Secret.ToCharArray((SecureString)new CredentialPasswordAttribute().Transform(null!, new PSObject(credential))!)));
        Assert.Equal("pasted", new CredentialPasswordAttribute().Transform(null!, "pasted"));
        Assert.Equal("hidden", new PlainOrSecureTextAttribute().Transform(null!, new PSObject(secure)));
        Assert.Equal("open", new PlainOrSecureTextAttribute().Transform(null!, "open"));
    }

    [Fact]
    public void A_completion_begins_as_typed_and_is_quoted_where_it_must_be()
    {
        Assert.Equal(["plain-1.example", "'it''s'", "'*.example'", "'-x'"], Texts(null, "plain-1.example", "it's", "*.example", "-x"));
        Assert.Equal(["'it''s'"], Texts("'IT", "plain", "it's"));
        Assert.Equal(["\"plain\""], Texts("\"pl", "plain", "it's"));
        Assert.Equal(["'p$1'"], Texts("\"p", "p$1"));
        Assert.Equal(["x"], Texts("x", "x", "X", string.Empty));
        Assert.Empty(Texts("[", "plain"));
    }

    private static IEnumerable<string> Texts(string? word, params string[] values) =>
        CompletionResults.Create(values.Select(value => new Candidate(value)), word).Select(result => result.CompletionText);
}
