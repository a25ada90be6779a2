namespace ConvoxSsl.Tests.Secrets;

/// <summary>The secrets of a test. Finds them in text.</summary>
internal sealed class KnownSecrets
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>The number of forms to search for.</summary>
    public int Forms => _names.Count;

    /// <summary>The number of private keys.</summary>
    public int Keys => _keys.Count;

    /// <summary>Adds a password or token and returns it.</summary>
    public string Add(string name, string secret)
    {
        Add(name, SecretForms.OfText(secret));
        return secret;
    }

    /// <summary>Adds a binary key.</summary>
    public void AddBytes(string name, byte[] secret) => Add(name, SecretForms.OfBytes(secret));

    /// <summary>Adds a private key, unless it was added before.</summary>
    public void AddKey(string name, string pem)
    {
        if (_keys.Add(pem))
        {
            Add(name, SecretForms.OfKey(pem));
        }
    }

    /// <summary>Returns the names of the secrets that a text contains in any form.</summary>
    public IReadOnlyList<string> FindIn(string text) =>
        [.. _names.Where(form => text.Contains(form.Key, StringComparison.Ordinal))
            .Select(form => form.Value)
            .Distinct(StringComparer.Ordinal)];

    private void Add(string name, IEnumerable<string> forms)
    {
        foreach (var form in forms)
        {
            _names.TryAdd(form, name);
        }
    }
}
