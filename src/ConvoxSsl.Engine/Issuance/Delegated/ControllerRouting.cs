using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Delegated;

/// <summary>Decides whether the rack's controller issues a certificate.</summary>
internal sealed class ControllerRouting(IssuanceContext context)
{
    private readonly IRack _rack = context.Rack;

    /// <summary>Gets the rack's controller.</summary>
    /// <exception cref="InvalidInputException"><c>NoController</c>: the rack has none.</exception>
    public ICertificateController RequireController() => _rack.Controller ?? throw new InvalidInputException(
        ErrorCode.NoController, $"The rack '{_rack.Name}' has no cert-manager that could issue certificates.", _rack.Name);

    /// <summary>Finds the controller that issues for a request; null if the module does.</summary>
    /// <exception cref="InvalidInputException"><c>NoController</c>; <c>IssuerNeeded</c>.</exception>
    public async Task<ICertificateController?> FindControllerAsync(IssueRequest request, CancellationToken ct)
    {
        var isRequested = request.Route == IssuanceRoute.Controller;
        if (request.Route == IssuanceRoute.Engine
            || (!isRequested && (request.IsDryRun || _rack.Controller is null || _rack.Controller.DefaultIssuer != request.Issuer.Name)))
        {
            return null;
        }

        var controller = RequireController();
        if (request.Issuer.IsSelfSigned)
        {
            throw new InvalidInputException(ErrorCode.IssuerNeeded, $"{controller.Name} needs an issuer, and the request names none.")
            {
                Remedy = new Remedy("IssuerNeeded.Controller", controller.DefaultIssuer),
            };
        }

        // The app chose the issuer of its own certificate.
        if (request.CertificateId?.Contains('@', StringComparison.Ordinal) is true)
        {
            return controller;
        }

        if (await controller.IssuesAsync(request.Issuer.Name, ct).ConfigureAwait(false))
        {
            // The module itself orders only from CAs whose directory it knows.
            var isFree = (!isRequested || request.IsRouteKept) && request.Issuer.DirectoryUrl is not null;
            return await HasFaultAsync(controller, request, isFree, ct).ConfigureAwait(false) && isFree ? null : controller;
        }

        return !isRequested ? null : throw new InvalidInputException(
            ErrorCode.NoController,
            $"{controller.Name} on the rack '{_rack.Name}' has no ClusterIssuer '{request.Issuer}', or is not installed.",
            request.Issuer.Name);
    }

    /// <summary>Checks that the rack's controller supports a request.</summary>
    /// <exception cref="InvalidInputException"><c>NotDelegable</c>, <c>TooManyNames</c>.</exception>
    public void Check(IssueRequest request)
    {
        if (request.SigningRequest is not null || request.Key is not null)
        {
            var input = request.Key is null ? "certificate signing request" : "private key";
            var parameter = request.Key is null ? "CertificateSigningRequest" : "KeyPath";
            throw new InvalidInputException(
                ErrorCode.NotDelegable, $"{request.Settings.Controller} creates the key itself and accepts no {input}.", parameter)
            {
                Remedy = new Remedy("NotDelegable.Setting", parameter),
            };
        }

        RequireController().Check(request.ToRecord(request.CertificateId ?? request.Names.ToCertificateId(), null));
    }

    /// <summary>Prepares a request that the module itself serves.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownIssuer</c>: only the controller knows the issuer.</exception>
    public static IssueRequest RequireOwn(IssueRequest request) => request.Issuer is { DirectoryUrl: null, IsSelfSigned: false }
        ? throw new InvalidInputException(
            ErrorCode.UnknownIssuer,
            $"'{request.Issuer}' is an issuer of the rack's cert-manager; the module itself cannot order from it.",
            request.Issuer.Name)
        {
            Remedy = new Remedy("UnknownIssuer.Controller"),
        }
        : request with { Route = IssuanceRoute.Engine, Settings = request.Settings with { Controller = null } };

    /// <summary>True if a known fault of the controller's version prevents the issuance, which is reported.</summary>
    /// <param name="controller">The controller.</param>
    /// <param name="request">The request.</param>
    /// <param name="isFree">True if the module itself may issue instead.</param>
    /// <param name="ct">The cancellation token.</param>
    private async Task<bool> HasFaultAsync(
        ICertificateController controller, IssueRequest request, bool isFree, CancellationToken ct)
    {
        var domains = request.Names.Select(name => name.Value).ToArray();
        var check = await controller.CheckAsync(request.Issuer.Name, domains, ct).ConfigureAwait(false);
        if (check is { HasFault: true } && !isFree)
        {
            context.ReportWarning(check.Message, new Remedy("ControllerFault.Requested"));
        }
        else if (check is { HasFault: true } && request.IsRouteKept)
        {
            context.ReportWarning($"{check.Message} The module itself renews the certificate for {domains[0]} from now on.");
        }
        else if (check is { HasFault: true })
        {
            context.ReportDetail($"{check.Message} The module itself issues the certificate for {domains[0]}.");
        }
        else if (check is { HasFault: null })
        {
            context.ReportDetail(check.Message);
        }

        return check is { HasFault: true };
    }
}
