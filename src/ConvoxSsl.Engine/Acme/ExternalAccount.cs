namespace ConvoxSsl.Engine.Acme;

/// <summary>A customer's account at the CA, to which an ACME account is bound (RFC 8555 section 7.3.4).</summary>
public sealed class ExternalAccount
{
    /// <param name="keyId">The key identifier that the CA assigned.</param>
    /// <param name="macKey">The MAC key that the CA assigned, in base64url. A secret.</param>
    /// <exception cref="InvalidInputException"><c>InvalidExternalAccount</c>: the id is empty, or the key is not base64url.</exception>
    public ExternalAccount(string keyId, string macKey)
    {
        if (string.IsNullOrWhiteSpace(keyId))
        {
            throw new InvalidInputException(ErrorCode.InvalidExternalAccount, "The key id of the external account is empty.")
            {
                Remedy = "Copy it from the CA's account page.",
            };
        }

        KeyId = keyId;
        try
        {
            MacKey = Base64Url.Decode(macKey.Trim());
        }
        catch (FormatException)
        {
            // The inner exception's message would contain the key.
            throw InvalidKey(keyId, "not base64url");
        }

        if (MacKey.Length == 0)
        {
            throw InvalidKey(keyId, "empty");
        }
    }

    /// <summary>The key identifier.</summary>
    public string KeyId { get; }

    internal byte[] MacKey { get; }

    /// <inheritdoc/>
    public override string ToString() => $"external account {KeyId}";

    private static InvalidInputException InvalidKey(string keyId, string reason) =>
        new(ErrorCode.InvalidExternalAccount, $"The MAC key of the external account '{keyId}' is not valid because it is {reason}.", keyId)
        {
            Remedy = "Copy it again from the CA's account page.",
        };
}
