using ConvoxSsl.Cmdlets;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <content>The parameters that restrict the list.</content>
public sealed partial class GetConvoxCertificateCommand
{
    private bool IsGeneratedBound => MyInvocation.BoundParameters.ContainsKey(nameof(Generated));

    private void WriteIfSelected(RackSession session, SelectedCertificate certificate, HashSet<string>? written)
    {
        var state = certificate.RequireReadable();
        var isListed = !IsGeneratedBound || !state.Record.IsOfApp() || certificate.Id == certificate.Query.Text;
        if (!isListed)
        {
            return;
        }

        var domains = new DomainFilter<CertificateQuery>(_domains);
        var isSelected = domains.IsSelected(certificate.Query, state.Record.Domains) || domains.TakeHeld().Count > 0;
        _knownDomains.UnionWith(domains.Found.Select(domain => domain.Text));
        if (isSelected && session.Describe(state) is var described && IsSelected(described) && written?.Add(described.Id) is not false)
        {
            WriteObject(described);
        }
    }

    private bool IsSelected(ConvoxCertificate certificate) =>
        (Issuer is null || Issuer.Any(pattern => new IssuerPattern(pattern).IsMatch(certificate.Issuer)))
        && (!IsGeneratedBound || certificate.Generated == Generated)
        && (ExpiringWithin is not { } span || certificate.Expires - Now <= span)
        && (Status is null || Status.Contains(certificate.Status));

    // A pattern can match nothing, but a name that no certificate has is probably misspelled.
    private void RequireKnownDomains(RackSession session)
    {
        foreach (var domain in _domains.Where(domain => !domain.IsPattern && _knownDomains.Add(domain.Text)))
        {
            ProcessItem(domain.Text, () => Run(ct => session.Selector.SelectAsync(domain, SelectionScope.Several, ct)));
        }
    }
}
