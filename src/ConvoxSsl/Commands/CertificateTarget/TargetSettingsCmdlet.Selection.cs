using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Mapping;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <content>The certificates of a target, and their delivery.</content>
public abstract partial class TargetSettingsCmdlet
{
    private protected override bool PreparesRack => true;

    /// <summary>Returns the ID of the certificate that the user selected, or the user's pattern.</summary>
    private protected string FindCertificate(RackSession session, string text)
    {
        var query = new CertificateQuery(text);
        if (query.IsPattern)
        {
            // A wildcard can be the name of a certificate. Then it is not a pattern.
            var matches = Run(ct => session.Selector.SelectAsync(query, SelectionScope.Several, ct));
            return matches is [{ State: { } state }] && state.Record.Domains.Contains(text, StringComparer.OrdinalIgnoreCase)
                ? matches[0].Id
                : text;
        }

        return Run(ct => session.Selector.SelectOneAsync(query, ct)).Id;
    }

    /// <summary>Delivers the certificates of a target, unless the user wants to do so later, and returns the target.</summary>
    private protected ConvoxCertificateTarget Deliver(RackSession session, MatchedTarget target)
    {
        if (NoDelivery || !target.Target.IsOf(session.Engine.Targets.Machine))
        {
            return target.ToModel(session.Name);
        }

        Run(ct => DeliverAsync(session, target.Deliveries, retriesNow: true, ct));
        return Run(ct => session.Engine.Targets.GetAsync(target.Target.Id, ct)).ToModel(session.Name);
    }
}
