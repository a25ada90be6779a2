namespace ConvoxSsl.TestKit.Acme;

/// <summary>The resources of an ACME server (RFC 8555 section 7.1, RFC 9773 section 4).</summary>
public enum AcmeResource
{
    /// <summary>An unknown path.</summary>
    Unknown,

    /// <summary>The directory.</summary>
    Directory,

    /// <summary>newNonce.</summary>
    NewNonce,

    /// <summary>newAccount.</summary>
    NewAccount,

    /// <summary>An account.</summary>
    Account,

    /// <summary>The orders of an account.</summary>
    AccountOrders,

    /// <summary>keyChange.</summary>
    KeyChange,

    /// <summary>newOrder.</summary>
    NewOrder,

    /// <summary>An order.</summary>
    Order,

    /// <summary>The finalize URL of the order.</summary>
    Finalize,

    /// <summary>An authorization.</summary>
    Authorization,

    /// <summary>A challenge.</summary>
    Challenge,

    /// <summary>A certificate with its chain, or one of its alternates.</summary>
    Certificate,

    /// <summary>revokeCert.</summary>
    RevokeCertificate,

    /// <summary>The renewal information of a certificate.</summary>
    RenewalInfo,
}

/// <summary>A resource and its id, parsed from a path.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Id">The id of the resource.</param>
/// <param name="Part">The number of the alternate chain, 0 for the first.</param>
internal readonly record struct AcmeRoute(AcmeResource Resource, string Id = "", int Part = 0)
{
    public static AcmeRoute Of(string path) => path.Split('/')[1..] switch
    {
        ["directory"] => new(AcmeResource.Directory),
        ["new-nonce"] => new(AcmeResource.NewNonce),
        ["new-account"] => new(AcmeResource.NewAccount),
        ["account", var id] => new(AcmeResource.Account, id),
        ["account", var id, "orders"] => new(AcmeResource.AccountOrders, id),
        ["key-change"] => new(AcmeResource.KeyChange),
        ["new-order"] => new(AcmeResource.NewOrder),
        ["order", var id] => new(AcmeResource.Order, id),
        ["order", var id, "finalize"] => new(AcmeResource.Finalize, id),
        ["authorization", var id] => new(AcmeResource.Authorization, id),
        ["challenge", var id] => new(AcmeResource.Challenge, id),
        ["certificate", var id] => new(AcmeResource.Certificate, id),
        ["certificate", var id, var part] when int.TryParse(part, out var number) => new(AcmeResource.Certificate, id, number),
        ["revoke-cert"] => new(AcmeResource.RevokeCertificate),
        ["renewal-info", var id] => new(AcmeResource.RenewalInfo, id),
        _ => new(AcmeResource.Unknown),
    };
}
