using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>One thing that a CA counts for.</summary>
/// <param name="Limit">What is counted.</param>
/// <param name="Key">What it is recorded under.</param>
/// <param name="Text">What it is called.</param>
internal sealed record LimitSubject(LimitKind Limit, string Key, string Text);

/// <summary>What an order is counted under (https://letsencrypt.org/docs/rate-limits).</summary>
internal sealed class LimitSubjects(PublicSuffixList suffixes)
{
    // Beyond this a set of names is recorded by its hash: a hundred names would take 25 KB.
    private const int MaxSetLength = 128;
    private const int CommonPrefixLength = 64;

    /// <summary>The day of the list that tells registered domains.</summary>
    public DateOnly SuffixDate => suffixes.Date;

    /// <summary>Everything that an order is counted under; without an account what does not depend on one.</summary>
    public IReadOnlyList<LimitSubject> GetSubjects(Uri? accountUrl, CertificateNameSet names)
    {
        var subjects = new List<LimitSubject> { CreateExactSet(names) };
        subjects.AddRange(names.Select(GetRegisteredDomain).Distinct(StringComparer.Ordinal).Select(d => new LimitSubject(LimitKind.RegisteredDomain, d, d)));
        if (accountUrl is not null)
        {
            subjects.Add(new LimitSubject(LimitKind.NewOrders, accountUrl.AbsoluteUri, "the account"));
            subjects.AddRange(names.Select(n => n.BaseName).Distinct(StringComparer.Ordinal).Select(n => CreateFailedName(accountUrl, n)));
        }

        return subjects;
    }

    /// <summary>The set of names, whatever their order.</summary>
    public static LimitSubject CreateExactSet(CertificateNameSet names)
    {
        var joined = string.Join(' ', names.Select(n => n.Value).Order(StringComparer.Ordinal));
        var key = joined.Length <= MaxSetLength ? joined : $"sha256:{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(joined)))}";
        return new LimitSubject(LimitKind.ExactSet, key, names.Count == 1 ? names[0].Value : $"{names[0]} and {names.Count - 1} more");
    }

    /// <summary>A name that was to be validated under an account.</summary>
    public static LimitSubject CreateFailedName(Uri accountUrl, string name) => new(LimitKind.FailedAuthorizations, $"{accountUrl.AbsoluteUri} {name}", name);

    // A name that is a public suffix itself counts as its own domain; of IPv6 the /64 that one customer has.
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
