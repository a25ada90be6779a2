using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>
/// Limits the iterations of a PFX's key derivations, which are computed before the password is verified and can take hours.
/// .NET 9 has the same limits built in; .NET 8 has none.
/// </summary>
internal static class PfxIterationLimit
{
    private const int MaxIterations = 300_000;
    private const int MaxTotal = 1_000_000;
    private const string EncryptedData = "1.2.840.113549.1.7.6";
    private const string Pbes2 = "1.2.840.113549.1.5.13";

    /// <summary>True if a PFX is within the limits.</summary>
    /// <exception cref="CryptographicException">The data is not a PFX.</exception>
    /// <exception cref="AsnContentException">The data is not a PFX.</exception>
    public static bool IsWithin(ReadOnlyMemory<byte> data, ReadOnlySpan<char> password)
    {
        // RFC 7292 section 4: the MAC, then one derivation for each encrypted part.
        var pfx = new AsnReader(data, AsnEncodingRules.BER).ReadSequence();
        pfx.ReadInteger();
        var safe = pfx.ReadSequence();
        var counts = new List<int> { pfx.HasData ? ReadMacIterations(pfx.ReadSequence()) : 0 };
        safe.ReadObjectIdentifier();
        var contents = new AsnReader(
            safe.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadOctetString(), AsnEncodingRules.BER).ReadSequence();
        while (contents.HasData)
        {
            counts.Add(ReadEncryptionIterations(contents.ReadSequence()));
        }

        return AreWithin(counts) && AreWithin([.. counts, .. ReadKeyIterations(data, password)]);
    }

    /// <summary>True if an encrypted PKCS#8 key is within the limits.</summary>
    /// <exception cref="AsnContentException">The data is not an encrypted key.</exception>
    public static bool IsKeyWithin(ReadOnlyMemory<byte> data) =>
        AreWithin([Iterations(new AsnReader(data, AsnEncodingRules.BER).ReadSequence().ReadSequence())]);

    private static bool AreWithin(IReadOnlyList<int> counts) =>
        counts.All(count => count is >= 0 and <= MaxIterations) && counts.Sum(count => (long)count) <= MaxTotal;

    private static int ReadMacIterations(AsnReader mac)
    {
        mac.ReadSequence();
        mac.ReadOctetString();
        return mac.HasData ? Count(mac) : 1;
    }

    // RFC 5652 section 8: EncryptedData. Other contents have no key derivation.
    private static int ReadEncryptionIterations(AsnReader content)
    {
        if (content.ReadObjectIdentifier() != EncryptedData)
        {
            return 0;
        }

        var encrypted = content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        encrypted.ReadInteger();
        var info = encrypted.ReadSequence();
        info.ReadObjectIdentifier();
        return Iterations(info.ReadSequence());
    }

    // Keys may be in an encrypted part, whose own iterations have been checked by now.
    private static List<int> ReadKeyIterations(ReadOnlyMemory<byte> data, ReadOnlySpan<char> password)
    {
        var counts = new List<int>();
        foreach (var contents in Pkcs12Info.Decode(data, out _).AuthenticatedSafe)
        {
            if (TryDecrypt(contents, password))
            {
                counts.AddRange(contents.GetBags().OfType<Pkcs12ShroudedKeyBag>()
                    .Select(bag =>
                        Iterations(new AsnReader(bag.EncryptedPkcs8PrivateKey, AsnEncodingRules.BER).ReadSequence().ReadSequence())));
            }
        }

        return counts;
    }

    // The import reports what cannot be decrypted here: a wrong password, or a cipher that only the system supports.
    private static bool TryDecrypt(Pkcs12SafeContents contents, ReadOnlySpan<char> password)
    {
        try
        {
            if (contents.ConfidentialityMode == Pkcs12ConfidentialityMode.Password)
            {
                contents.Decrypt(password);
            }
        }
        catch (CryptographicException)
        {
            return false;
        }

        return contents.ConfidentialityMode == Pkcs12ConfidentialityMode.None;
    }

    // RFC 8018: PBES2 begins with its key derivation; older schemes have salt and count only.
    private static int Iterations(AsnReader algorithm)
    {
        if (algorithm.ReadObjectIdentifier() == Pbes2)
        {
            var derivation = algorithm.ReadSequence().ReadSequence();
            derivation.ReadObjectIdentifier();
            algorithm = derivation;
        }

        var parameters = algorithm.ReadSequence();
        parameters.ReadOctetString();
        return Count(parameters);
    }

    private static int Count(AsnReader reader) => reader.TryReadInt32(out var count) ? count : int.MaxValue;
}
