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
    public void Transform_ConvoxDuration_ReturnsTimeSpan(string text, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), new DurationAttribute().Transform(null!, text));
        Assert.Equal(TimeSpan.FromSeconds(seconds), new DurationAttribute().Transform(null!, new PSObject(text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.02:03:04")]
    public void Transform_OtherText_ReturnsItUnchanged(string text) => Assert.Equal(text, new DurationAttribute().Transform(null!, text));

    [Theory]
    [InlineData("h")]
    [InlineData("soon")]
    [InlineData("-1h")]
    [InlineData("1m1h")]
    [InlineData("9999999d")]
    public void Transform_NotATimeSpan_ThrowsWithTheRightForm(string text)
    {
        var error = Assert.Throws<ArgumentTransformationMetadataException>(() => new DurationAttribute().Transform(null!, text));

        Assert.StartsWith($"'{text}' is not a valid time span.", error.Message, StringComparison.Ordinal);
        Assert.Contains("1h30m", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transform_KnownValue_ReturnsItUnchanged()
    {
        var known = new KnownValuesAttribute(typeof(ConvoxCertificateStatus));
        var list = new object[] { "Ready", new PSObject("failed") };
        object[] values = ["ready", "Exp", ConvoxCertificateStatus.Failed, 1, string.Empty, list];

        Assert.All(values, value => Assert.Same(value, known.Transform(null!, value)));
        Assert.Null(known.Transform(null!, null));
    }

    [Fact]
    public void Transform_TimeSpan_ReturnsItUnchanged() =>
        Assert.Equal(TimeSpan.FromDays(1), new DurationAttribute().Transform(null!, new PSObject(TimeSpan.FromDays(1))));

    [Fact]
    public void Transform_TextOrDirectory_ReturnsRackReference()
    {
        var rack = Assert.IsType<ConvoxRack>(new RackReferenceAttribute().Transform(null!, new PSObject("./rack")));
        Assert.True(rack.IsReference);
        Assert.Equal("./rack", rack.Name);

        var directory = new DirectoryInfo("rack");
        Assert.Equal(directory.FullName, Assert.IsType<ConvoxRack>(new RackReferenceAttribute().Transform(null!, directory)).Name);
    }

    [Fact]
    public void Transform_Rack_ReturnsItUnchanged()
    {
        var rack = new ConvoxRack { Name = "prod", Kind = ConvoxRackKind.Local, Location = "/racks/prod" };
        Assert.Same(rack, new RackReferenceAttribute().Transform(null!, new PSObject(rack)));
        Assert.Null(new RackReferenceAttribute().Transform(null!, null));
        Assert.Contains(
            "An object of type Int32 is not a rack.",
            Assert.Throws<ArgumentTransformationMetadataException>(() => new RackReferenceAttribute().Transform(null!, 5)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Transform_EveryTypeOfVaultSecret_ReturnsSecureString()
    {
        using var secure = Secret.FromText("hidden");
        var credential = new PSCredential("me", secure);
        Assert.Equal("hidden", new string(Secret.ToCharArray((SecureString)new SecretTextAttribute().Transform(null!, "hidden")!)));
        Assert.Equal(
            "hidden", new string(Secret.ToCharArray((SecureString)new SecretTextAttribute().Transform(null!, new PSObject(credential))!)));
        Assert.Same(secure, new SecretTextAttribute().Transform(null!, secure));
        Assert.Equal(
            "hidden",
            new string(Secret.ToCharArray((SecureString)new CredentialPasswordAttribute().Transform(null!, new PSObject(credential))!)));
        Assert.Same(secure, new CredentialPasswordAttribute().Transform(null!, secure));
        var refused = Assert.Throws<ArgumentTransformationMetadataException>(() =>
            new CredentialPasswordAttribute().Transform(null!, "pasted"));
        Assert.DoesNotContain("pasted", refused.Message, StringComparison.Ordinal);
        Assert.Equal("hidden", new PlainOrSecureTextAttribute().Transform(null!, new PSObject(secure)));
        Assert.Equal("open", new PlainOrSecureTextAttribute().Transform(null!, "open"));
    }

    [Fact]
    public void Completions_keep_the_typed_quotes_and_are_quoted_if_necessary()
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
