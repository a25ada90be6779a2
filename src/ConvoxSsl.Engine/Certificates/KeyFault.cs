namespace ConvoxSsl.Engine.Certificates;

/// <summary>Finds faults of a stored private key for which servers reject it together with a certificate.</summary>
public static class KeyFault
{
    /// <summary>Describes the fault of a private key.</summary>
    /// <param name="pem">The text with the key.</param>
    /// <param name="chain">The certificate, with its chain.</param>
    /// <returns>The fault as a clause; null if there is none, or if the key is of a type that cannot be verified.</returns>
    public static string? Find(string pem, CertificateChain chain)
    {
        IReadOnlyList<PemBlock> blocks;
        try
        {
            blocks = [.. Pem.Read(pem).Where(b => b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))];
        }
        catch (InvalidInputException)
        {
            return "its private key is corrupt";
        }

        return blocks switch
        {
            [] => "its private key is not in PEM format",
            [{ Label: "OPENSSH PRIVATE KEY" }, ..] => "its private key is in the format of OpenSSH",
            [var first, ..] when EncryptedKey.IsEncrypted(first) => "its private key is encrypted",
            [var only] => Find(only, pem, chain),
            _ => null,
        };
    }

    private static string? Find(PemBlock block, string pem, CertificateChain chain)
    {
        try
        {
            using var key = PrivateKey.FromPem(pem);
            return key.Matches(chain.Leaf) ? null : "its private key belongs to another certificate";
        }
        catch (InvalidInputException e)
        {
            // Servers accept more types of keys than CAs do.
            return KeyFormat.FindType(block) is null && e.InnerException is not null ? "its private key is corrupt" : null;
        }
    }
}
