using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Delegated;

/// <summary>Which way a request goes: to the rack's controller, or to the module's own engine.</summary>
internal sealed class IssuanceRouting(IRack rack)
{
    /// <summary>The request with the controller that issues it in its settings, where one does.</summary>
    /// <exception cref="InvalidInputException"><c>NoController</c>; <c>IssuerNeeded</c>; <c>UnknownIssuer</c>.</exception>
    public async Task<IssueRequest> ChooseAsync(IssueRequest request, CancellationToken ct) =>
        await FindAsync(request, ct).ConfigureAwait(false) is { } controller
            ? request with { Route = IssuanceRoute.Controller, Settings = request.Settings with { Controller = controller.Name } }
            : Own(request);

    /// <summary>The rack's controller.</summary>
    /// <exception cref="InvalidInputException"><c>NoController</c>: the rack has none.</exception>
    public ICertificateController Require() => rack.Controller ?? throw new InvalidInputException(
        ErrorCode.NoController, $"The rack '{rack.Name}' has no cert-manager that could issue certificates. Let the module issue by itself with -Engine Acme.", rack.Name);

    /// <summary>Makes sure that the rack's controller can do what is asked.</summary>
    /// <exception cref="InvalidInputException"><c>NotDelegable</c>, <c>TooManyNames</c>.</exception>
    public void Check(IssueRequest request)
    {
        if (request.SigningRequest is not null || request.Key is not null)
        {
            var parameter = request.Key is null ? "CertificateSigningRequest" : "KeyPath";
            throw new InvalidInputException(
                ErrorCode.NotDelegable, $"-{parameter} can't be given to {request.Settings.Controller}, which makes the key by itself. Leave it out, or add -Engine Acme, so that the module issues by itself.", parameter);
        }

        Require().Check(request.ToRecord(request.CertificateId ?? request.Names.ToCertificateId(), null));
    }

    private async Task<ICertificateController?> FindAsync(IssueRequest request, CancellationToken ct)
    {
        var isAsked = request.Route == IssuanceRoute.Controller;
        if (request.Route == IssuanceRoute.Engine || (!isAsked && (request.IsDryRun || rack.Controller is null || rack.Controller.DefaultIssuer != request.Issuer.Name)))
        {
            return null;
        }

        var controller = Require();
        if (request.Issuer.IsSelfSigned)
        {
            throw new InvalidInputException(ErrorCode.IssuerNeeded, $"{controller.Name} signs for an issuer, and none was named. Name one with -Issuer, such as {controller.DefaultIssuer}.");
        }

        // An app's own certificate is there: its issuer is the app's matter.
        if (request.CertificateId?.Contains('@', StringComparison.Ordinal) is true || await controller.IssuesAsync(request.Issuer.Name, ct).ConfigureAwait(false))
        {
            return controller;
        }

        return !isAsked ? null : throw new InvalidInputException(
            ErrorCode.NoController, $"{controller.Name} on the rack '{rack.Name}' has no ClusterIssuer '{request.Issuer}', or is not there. Let the module issue by itself with -Engine Acme.", request.Issuer.Name);
    }

    private static IssueRequest Own(IssueRequest request) =>
        request.Issuer is { DirectoryUrl: null, IsSelfSigned: false }
            ? throw new InvalidInputException(ErrorCode.UnknownIssuer, $"'{request.Issuer}' is an issuer of the rack's cert-manager, which the module can't ask by itself. Add -Engine CertManager, or name another one with -Issuer.", request.Issuer.Name)
            : request with { Route = IssuanceRoute.Engine, Settings = request.Settings with { Controller = null } };
}
