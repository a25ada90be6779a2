using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>
/// How much work a PFX asks for before its password is known to be right: the iterations of its key derivations. A file
/// may ask for hours. .NET 9 refuses such files by itself, at the same limits; .NET 8 does not.
/// </summary>
internal static class PfxCost
{
    private const int MostIterations = 300_000;
    private const int MostInAll = 1_000_000;
    private const string EncryptedData = "1.2.840.113549.1.7.6";
    private const string Pbes2 = "1.2.840.113549.1.5.13";

    /// <summary>Whether it stays within the limits.</summary>
    /// <exception cref="CryptographicException">It is not a PFX.</exception>
    /// <exception cref="AsnContentException">It is not a PFX.</exception>
    public static bool IsBearable(ReadOnlyMemory<byte> data, ReadOnlySpan<char> password)
    {
        // RFC 7292 section 4: the MAC, then one derivation for each encrypted part.
        var pfx = new AsnReader(data, AsnEncodingRules.BER).ReadSequence();
        pfx.ReadInteger();
        var safe = pfx.ReadSequence();
        var counts = new List<int> { pfx.HasData ? MacIterations(pfx.ReadSequence()) : 0 };
        safe.ReadObjectIdentifier();
        var contents = new AsnReader(safe.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadOctetString(), AsnEncodingRules.BER).ReadSequence();
        while (contents.HasData)
        {
            counts.Add(EncryptionIterations(contents.ReadSequence()));
        }

        return AreBearable(counts) && AreBearable([.. counts, .. KeyIterations(data, password)]);
    }

    private static bool AreBearable(IReadOnlyList<int> counts) =>
        counts.All(count => count is >= 0 and <= MostIterations) && counts.Sum(count => (long)count) <= MostInAll;

    private static int MacIterations(AsnReader mac)
    {
        mac.ReadSequence();
        mac.ReadOctetString();
        return mac.HasData ? Count(mac) : 1;
    }

    // RFC 5652 section 8: EncryptedData; what is not encrypted costs nothing.
    private static int EncryptionIterations(AsnReader content)
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

    // The keys, which may lie in an encrypted part; to open that one is within the limits by now.
    private static List<int> KeyIterations(ReadOnlyMemory<byte> data, ReadOnlySpan<char> password)
    {
        var counts = new List<int>();
        foreach (var contents in Pkcs12Info.Decode(data, out _).AuthenticatedSafe)
        {
            if (TryOpen(contents, password))
            {
                counts.AddRange(contents.GetBags().OfType<Pkcs12ShroudedKeyBag>()
                    .Select(bag => Iterations(new AsnReader(bag.EncryptedPkcs8PrivateKey, AsnEncodingRules.BER).ReadSequence().ReadSequence())));
            }
        }

        return counts;
    }

    // What can't be opened here is for the import to judge: a wrong password, or a cipher that only the system has.
    private static bool TryOpen(Pkcs12SafeContents contents, ReadOnlySpan<char> password)
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

    // RFC 8018: PBES2 names its derivation first; all older schemes are salt and count.
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
