using System.Security.Cryptography;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.TestKit.Acme;
using Base64Url = System.Buffers.Text.Base64Url;

namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>The parts that the tests of all steps share: the fault, its error, and the search for secrets.</summary>
public abstract class FaultMatrixTest : IssuanceTest
{
    protected const string Name = "one.example.org";

    private readonly List<string> _secrets = [];
    private readonly List<string> _errors = [];
    private int _asked;

    /// <summary>Adds a fault.</summary>
    protected void SwitchOn(string fault, AcmeResource resource)
    {
        _asked = Ca.Count(resource);
        Ca.Faults.Add(FaultKinds.Make(fault, resource, Clock));
    }

    /// <summary>Runs, asserts that the fault occurred, and switches it off.</summary>
    /// <returns>The name of the error; "-" for none.</returns>
    protected async Task<string> RunWithFaultAsync(Func<Task> run, AcmeResource resource)
    {
        var failure = await Record.ExceptionAsync(run);
        Assert.Equal(0, Ca.Faults.Outstanding);
        Assert.NotEqual(_asked, Ca.Count(resource));
        Ca.Faults.Clear();
        _errors.Add(failure?.ToString() ?? string.Empty);
        return failure switch
        {
            null => "-",
            AcmeException acme => acme.Problem.ShortType,
            EngineException engine => engine.Code,
            _ => throw new InvalidOperationException($"An exception of an unexpected type: {failure}", failure),
        };
    }

    /// <summary>Asserts that no event or error contains the account's key or the given keys.</summary>
    protected async Task AssertNoSecretIsReportedAsync(params PrivateKey?[] keys)
    {
        using var account = await Rack.Accounts.FindAsync(Ca.DirectoryUrl, CancellationToken.None) is null ? null
            : await Rack.Accounts.ReadKeyAsync(Ca.DirectoryUrl, CancellationToken.None);
        foreach (var key in keys.Append(account).OfType<PrivateKey>())
        {
            Remember(key);
        }

        var text = string.Join('\n', Events.All.Select(e => e.Text).Concat(_errors));
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        Assert.DoesNotContain(_secrets, s => text.Contains(s, StringComparison.Ordinal));
    }

    /// <summary>Adds a key to the search for secrets.</summary>
    protected void Remember(PrivateKey key)
    {
        var secret = ((ECDsa)key.Key).ExportParameters(includePrivateParameters: true).D!;
        _secrets.AddRange([Base64Url.EncodeToString(secret), Convert.ToBase64String(secret)[..40], key.ToPem().Split('\n')[1]]);
    }
}
