namespace ConvoxSsl.Engine.Acme;

/// <summary>What a CA hands its customer so that an ACME account can be bound to theirs (RFC 8555 section 7.3.4).</summary>
public sealed class ExternalAccount
{
    /// <param name="keyId">The key identifier from the CA.</param>
    /// <param name="macKey">The MAC key from the CA, in base64url. A secret.</param>
    /// <exception cref="InvalidInputException"><c>InvalidExternalAccount</c>: an empty id, or a key that is not base64url.</exception>
    public ExternalAccount(string keyId, string macKey)
    {
        if (string.IsNullOrWhiteSpace(keyId))
        {
            throw new InvalidInputException(ErrorCode.InvalidExternalAccount, "The key id of the external account is empty. Copy it from the CA's account page.");
        }

        KeyId = keyId;
        try
        {
            MacKey = Base64Url.Decode(macKey.Trim());
        }
        catch (FormatException)
        {
            // The cause would quote the key.
            throw new InvalidInputException(ErrorCode.InvalidExternalAccount, $"The MAC key of the external account '{keyId}' is not base64url. Copy it again from the CA's account page.", keyId);
        }
    }

    /// <summary>The key identifier.</summary>
    public string KeyId { get; }

    internal byte[] MacKey { get; }

    /// <inheritdoc/>
    public override string ToString() => $"external account {KeyId}";
}
