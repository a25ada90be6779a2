using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>The subject of a rate limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Key">The key of its record.</param>
/// <param name="Text">The subject as shown to the user.</param>
internal sealed record LimitSubject(LimitKind Limit, string Key, string Text);

/// <summary>Finds the rate limits that an order counts towards (https://letsencrypt.org/docs/rate-limits).</summary>
internal sealed class LimitSubjects(PublicSuffixList suffixes)
{
    // A longer set of names is recorded as a hash: a hundred names would take 25 KB.
    private const int MaxSetLength = 128;
    private const int CommonPrefixLength = 64;

    /// <summary>The date of the public suffix list.</summary>
    public DateOnly SuffixDate => suffixes.Date;

    /// <summary>Returns the subjects of an order; without an account, those that do not depend on one.</summary>
    public IReadOnlyList<LimitSubject> GetSubjects(Uri? accountUrl, CertificateNameSet names)
    {
        var subjects = new List<LimitSubject> { CreateExactSet(names) };
        subjects.AddRange(names
            .Select(GetRegisteredDomain)
            .Distinct(StringComparer.Ordinal)
            .Select(domain => new LimitSubject(LimitKind.RegisteredDomain, domain, domain)));
        if (accountUrl is not null)
        {
            subjects.Add(new LimitSubject(LimitKind.NewOrders, accountUrl.AbsoluteUri, "the account"));
            subjects.AddRange(names.Select(n => n.BaseName).Distinct(StringComparer.Ordinal).Select(n => CreateFailedName(accountUrl, n)));
        }

        return subjects;
    }

    /// <summary>Creates the subject of a set of names, independent of their order.</summary>
    public static LimitSubject CreateExactSet(CertificateNameSet names)
    {
        var joined = string.Join(' ', names.Select(n => n.Value).Order(StringComparer.Ordinal));
        var key = joined.Length <= MaxSetLength ? joined : $"sha256:{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(joined)))}";
        var text = names.Count == 1 ? names[0].Value : $"{names[0]} and {names.Count - 1} more";
        return new LimitSubject(LimitKind.ExactSet, key, text);
    }

    /// <summary>Creates the subject of a name whose validation failed.</summary>
    public static LimitSubject CreateFailedName(Uri accountUrl, string name) =>
        new(LimitKind.FailedAuthorizations, $"{accountUrl.AbsoluteUri} {name}", name);

    // A public suffix counts as its own domain. An IPv6 address counts as its /64 network, the size assigned to one customer.
    private string GetRegisteredDomain(CertificateName name) => name.Address switch
    {
        null => suffixes.RegisteredDomainOf(name.BaseName) ?? name.BaseName,
        { AddressFamily: AddressFamily.InterNetworkV6 } address => $"{GetNetwork(address)}/{CommonPrefixLength}",
        _ => name.Value,
    };

    private static IPAddress GetNetwork(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(CommonPrefixLength / 8).Clear();
        return new IPAddress(bytes);
    }
}
