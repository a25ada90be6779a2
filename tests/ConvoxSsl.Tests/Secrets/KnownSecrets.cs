namespace ConvoxSsl.Tests.Secrets;

/// <summary>The secrets that a test uses, and which of them stand in a text.</summary>
internal sealed class KnownSecrets
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>How many forms are looked for.</summary>
    public int Forms => _names.Count;

    /// <summary>How many private keys are known.</summary>
    public int Keys => _keys.Count;

    /// <summary>A password or token; it is returned.</summary>
    public string Add(string name, string secret)
    {
        Add(name, SecretForms.OfText(secret));
        return secret;
    }

    /// <summary>A binary key.</summary>
    public void AddBytes(string name, byte[] secret) => Add(name, SecretForms.OfBytes(secret));

    /// <summary>A private key; one that is known already is passed over.</summary>
    public void AddKey(string name, string pem)
    {
        if (_keys.Add(pem))
        {
            Add(name, SecretForms.OfKey(pem));
        }
    }

    /// <summary>The names of those that stand in a text in some form, without the secrets themselves.</summary>
    public IReadOnlyList<string> FindIn(string text) =>
        [.. _names.Where(form => text.Contains(form.Key, StringComparison.Ordinal)).Select(form => form.Value).Distinct(StringComparer.Ordinal)];

    private void Add(string name, IEnumerable<string> forms)
    {
        foreach (var form in forms)
        {
            _names.TryAdd(form, name);
        }
    }
}
