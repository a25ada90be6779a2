using ConvoxSsl.Engine;
using CsCheck;
using Xunit.Abstractions;

namespace ConvoxSsl.Manifests.Tests;

/// <summary>Properties of every edit, checked with generated manifests.</summary>
public sealed class ManifestPropertyTests(ITestOutputHelper output)
{
    private const int Manifests = 3000;

    [Fact]
    public void Setting_and_removing_a_certificate_changes_nothing_else()
    {
        var (edited, rejected) = (0, 0);
        GeneratedManifest.Any.Sample(
            generated =>
            {
                if (TryRead(generated.Text) is not { } before)
                {
                    return;
                }

                var text = TrySet(before, generated.Service, "cert-1");
                if (text is null)
                {
                    Interlocked.Increment(ref rejected);
                    return;
                }

                Interlocked.Increment(ref edited);
                var set = Manifest.Parse(text, "convox.yml");
                Assert.Equal("cert-1", set.Get(generated.Service).CertificateId);
                AssertOthersSame(before, set, generated.Service);
                AssertLinesKept(generated.Text, text);
                Assert.Same(text, set.WithCertificate(generated.Service, "cert-1"));

                var replaced = set.WithCertificate(generated.Service, "cert-2");
                Assert.Equal(text.Replace("cert-1", "cert-2", StringComparison.Ordinal), replaced);

                var removed = set.WithoutCertificate(generated.Service);
                Assert.Null(Manifest.Parse(removed, "convox.yml").Get(generated.Service).CertificateId);
                if (!generated.IsNull)
                {
                    Assert.Equal(generated.Text, removed);
                }
            },
            iter: Manifests);

        output.WriteLine($"{edited} edited, {rejected} rejected");
        Assert.True(edited > Manifests / 2, $"Only {edited} of {Manifests} were edited.");
        Assert.True(rejected < edited / 20, $"{rejected} of {Manifests} were rejected.");
    }

    // A random manifest is not always valid YAML.
    private static Manifest? TryRead(string text)
    {
        try
        {
            return Manifest.Parse(text, "convox.yml");
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }

    private static string? TrySet(Manifest manifest, string service, string id)
    {
        try
        {
            return manifest.WithCertificate(service, id);
        }
        catch (EngineException e) when (e.Code == "ManifestNotEditable")
        {
            return null;
        }
    }

    private static void AssertOthersSame(Manifest before, Manifest after, string service)
    {
        Assert.Equal(before.Services.Select(s => s.Name), after.Services.Select(s => s.Name));
        Assert.Equal(before.Services.Select(s => string.Join('|', s.Domains)), after.Services.Select(s => string.Join('|', s.Domains)));
        Assert.All(after.Services, s => Assert.True(s.Name == service || s.CertificateId is null));
    }

    // The new text is the old one with one part inserted or a part of one line replaced.
    private static void AssertLinesKept(string before, string after)
    {
        var head = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        var tail = before.Reverse().Zip(after.Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        var gone = before.Length - head - tail;
        Assert.True(gone <= 0 || before.AsSpan(head, gone) is "~" or "null", $"{gone} characters changed.");
    }
}
