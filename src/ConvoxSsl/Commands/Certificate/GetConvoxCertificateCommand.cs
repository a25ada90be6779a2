using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Errors;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>Lists the certificates of a rack, including those being issued and, on a Kubernetes rack, those of its apps.</summary>
/// <remarks>
/// Without parameters, all certificates are listed. Up to 500 are sorted by domain; <c>Sort-Object Domain</c> sorts more. Parameters
/// combine: a certificate must match each of them. The list is read from the rack and makes no request to a CA. The property
/// StatusReason explains a status other than Ready.
/// </remarks>
/// <example>
/// <para>Lists all certificates of the rack.</para>
/// <code>Get-ConvoxCertificate</code>
/// </example>
/// <example>
/// <para>Gets the certificate for a name.</para>
/// <code>Get-ConvoxCertificate www.example.org</code>
/// </example>
/// <example>
/// <para>Lists the certificates of a domain that expire within 30 days.</para>
/// <code>Get-ConvoxCertificate -Domain *example.org -ExpiringWithin 30d</code>
/// </example>
/// <example>
/// <para>Lists the self-signed and imported certificates, which no CA renews.</para>
/// <code>Get-ConvoxCertificate -Issuer self-signed, imported</code>
/// </example>
/// <example>
/// <para>Fails a scheduled check if a certificate could not be issued.</para>
/// <code>
/// $failed = @(Get-ConvoxCertificate -Status Failed)
/// if ($failed.Count -gt 0) { throw "Not renewed: $($failed.Domain -join ', ')" }
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxCertificate", HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate))]
public sealed partial class GetConvoxCertificateCommand : ConvoxCmdlet
{
    private readonly HashSet<string> _knownDomains = new(StringComparer.Ordinal);

    private IReadOnlyList<CertificateQuery> _domains = [];

    private protected override object? Target => Id;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireNoInput(Id);
    }

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        _domains = [.. CreateQueries(null, Domain)];
        var written = Id is { Length: > 1 } ? new HashSet<string>(StringComparer.Ordinal) : null;
        foreach (var query in CreateQueries(Id ?? ["*"], null))
        {
            if (query.IsPattern && query.Name is null)
            {
                Run(ct => ListAsync(session, query, written, ct));
            }
            else
            {
                ProcessCertificates(
                    session,
                    query,
                    SelectionScope.Several,
                    certificate => WriteIfSelected(session, certificate, written),
                    warnIfNone: false);
            }
        }

        RequireKnownDomains(session);
    }

    private async Task ListAsync(RackSession session, CertificateQuery query, HashSet<string>? written, CancellationToken ct)
    {
        var issuers = (Issuer ?? []).Select(text => new IssuerPattern(text)).ToHashSet();
        var order = new DomainOrder(certificate => WriteObjectAsync(certificate, ct));
        var domains = new DomainFilter<ConvoxCertificate>(_domains);
        if (!IsGeneratedBound)
        {
            await session.ListWithAppsAsync(ProcessAsync, WriteWarning, ct);
        }
        else
        {
            await foreach (var certificate in session.ListAsync(damage => WriteWarning(ErrorRecords.DescribeFailure(damage)), ct))
            {
                await ProcessAsync(certificate);
            }
        }

        foreach (var certificate in domains.TakeHeld())
        {
            await AddIfSelectedAsync(certificate);
        }

        await order.CompleteAsync();
        _knownDomains.UnionWith(domains.Found.Select(domain => domain.Text));
        foreach (var missing in issuers)
        {
            missing.RequireKnown();
        }

        Task ProcessAsync(ConvoxCertificate certificate)
        {
            issuers.RemoveWhere(pattern => pattern.IsMatch(certificate.Issuer));
            return domains.IsSelected(certificate, certificate.Domains) ? AddIfSelectedAsync(certificate) : Task.CompletedTask;
        }

        Task AddIfSelectedAsync(ConvoxCertificate certificate) =>
            query.Rate(certificate.Id, certificate.Domains) != CertificateMatch.None
            && IsSelected(certificate)
            && written?.Add(certificate.Id) is not false
            ? order.AddAsync(certificate)
            : Task.CompletedTask;
    }
}
