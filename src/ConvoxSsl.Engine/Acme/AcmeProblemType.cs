namespace ConvoxSsl.Engine.Acme;

/// <summary>The problem types of ACME without their URN prefix, and those that this client adds.</summary>
public static class AcmeProblemType
{
#pragma warning disable CS1591 // The names are those of RFC 8555 section 6.7, which describes them.
    public const string AccountDoesNotExist = "accountDoesNotExist";
    public const string AlreadyRevoked = "alreadyRevoked";
    public const string BadCsr = "badCSR";
    public const string BadNonce = "badNonce";
    public const string BadPublicKey = "badPublicKey";
    public const string BadRevocationReason = "badRevocationReason";
    public const string BadSignatureAlgorithm = "badSignatureAlgorithm";
    public const string Caa = "caa";
    public const string Compound = "compound";
    public const string Connection = "connection";
    public const string Dns = "dns";
    public const string ExternalAccountRequired = "externalAccountRequired";
    public const string IncorrectResponse = "incorrectResponse";
    public const string InvalidContact = "invalidContact";
    public const string Malformed = "malformed";
    public const string OrderNotReady = "orderNotReady";
    public const string RateLimited = "rateLimited";
    public const string RejectedIdentifier = "rejectedIdentifier";
    public const string ServerInternal = "serverInternal";
    public const string Tls = "tls";
    public const string Unauthorized = "unauthorized";
    public const string UnsupportedContact = "unsupportedContact";
    public const string UnsupportedIdentifier = "unsupportedIdentifier";
    public const string UserActionRequired = "userActionRequired";
#pragma warning restore CS1591

    /// <summary>The certificate to replace has been replaced already (RFC 9773 section 7.4).</summary>
    public const string AlreadyReplaced = "alreadyReplaced";

    /// <summary>The CA does not offer the profile (draft-ietf-acme-profiles).</summary>
    public const string InvalidProfile = "invalidProfile";

    /// <summary>The type of a problem document without a type (RFC 9457 section 4.2.1).</summary>
    public const string Untyped = "about:blank";

    /// <summary>Set by this client: the issued certificate is not the requested one, or cannot be used.</summary>
    public const string CertificateMismatch = "certificateMismatch";

    /// <summary>Set by this client: the response violates RFC 8555.</summary>
    public const string MalformedAnswer = "malformedAnswer";

    /// <summary>Set by this client: the order is invalid and the CA gave no reason.</summary>
    public const string OrderInvalid = "orderInvalid";

    /// <summary>Set by this client: the order is not the requested one.</summary>
    public const string OrderMismatch = "orderMismatch";

    /// <summary>Set by this client: no response after all retries.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>Set by this client: the directory does not list the needed resource.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>Set by this client: the CA's TLS certificate is not trusted.</summary>
    public const string Untrusted = "untrusted";
}
