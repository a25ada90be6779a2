using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Racks;

namespace ConvoxSsl.Commands;

/// <summary>
/// Connects the session to a rack: a directory, or with <c>-Name</c> a Convox rack in a Kubernetes cluster. Warns of missing
/// permissions in a cluster.
/// </summary>
/// <remarks>
/// The connection applies to the session: later cmdlets without <c>-Rack</c> work on this rack until Disconnect-ConvoxRack. A path that
/// does not exist yet becomes a new rack with the first object that is stored in it, and a message says so. A cluster is contacted at
/// once.
/// </remarks>
/// <example>
/// <para>Connects the session to the rack in a directory.</para>
/// <code>Connect-ConvoxRack /var/lib/convoxssl</code>
/// </example>
/// <example>
/// <para>Connects the session to the Convox rack production in the cluster of the current kubeconfig context.</para>
/// <code>Connect-ConvoxRack -Name production</code>
/// </example>
/// <example>
/// <para>Connects with a specific kubeconfig and context in a script that stops if a permission is missing.</para>
/// <code>Connect-ConvoxRack -Name production -KubeConfig ./kubeconfig -Context staging -WarningAction Stop</code>
/// </example>
[Cmdlet(VerbsCommunications.Connect, "ConvoxRack", DefaultParameterSetName = LocalSet, HelpUri = HelpPages.Racks)]
[OutputType(typeof(ConvoxRack))]
public sealed partial class ConnectConvoxRackCommand : AsyncCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            ValidateParameters();
            var rack = ParameterSetName == KubernetesSet ? ConnectCluster(Describe()) : ConnectPath();
            RackConnections.Connect(rack);
            WriteObject(rack);
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e) || ErrorRecords.IsUnexpected(e))
        {
            // End the pipeline, because later commands would work on the wrong rack.
            ThrowTerminatingError(ErrorRecords.Create(e, ParameterSetName == KubernetesSet ? Name : Path, GetType()));
        }
    }

    private void ValidateParameters()
    {
        if (ParameterSetName == KubernetesSet && (Path is not null || Name.Length == 0))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidParameters,
                Name.Length == 0
                    ? $"A rack in a cluster needs its name{(Path is null ? null : $", but '{Path}' was given as a directory")}."
                    : $"A rack is either the directory '{Path}' or the rack '{Name}' in a cluster.",
                Path)
            {
                Remedy = Path is not null && Name.Length == 0 ? new Remedy("InvalidParameters.RackName", Path)
                    : Path is not null ? new Remedy("InvalidParameters.RackPath")
                    : new Remedy("InvalidParameters.NoRackName"),
            };
        }
    }

    // A bare name could also be meant as the name of a Convox rack, so it is not a directory here either.
    private ConvoxRack ConnectPath()
    {
        var rack = Path is null
            ? RackLocator.CreateLocal(null, null)
            : RackLocator.Find(
                ConvoxRack.CreateReference(Path), RackConnections.Current, RackConnections.Used, GetUnresolvedProviderPathFromPSPath);
        if (rack.Kind == ConvoxRackKind.Kubernetes)
        {
            return ConnectCluster(rack);
        }

        Run(ct => CompositionRoot.OpenLocal(rack).RequireReadableAsync(ct));
        if (Path is not null && NewRackNotice.IsNeeded(rack))
        {
            WriteInformation(NewRackNotice.Create(rack), NewRackNotice.Tags);
        }

        return rack;
    }

    private ConvoxRack Describe() => new()
    {
        Name = Name,
        Kind = ConvoxRackKind.Kubernetes,
        Location = string.Empty,
        Namespace = Namespace,
        KubeConfig = KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig),
        Context = Context,
    };

    private ConvoxRack ConnectCluster(ConvoxRack description)
    {
        var (rack, warning) = Run(ct => CompositionRoot.ConnectKubernetesAsync(description, WriteDebug, ct));
        WriteVerbose(rack.CertManager switch
        {
            true => $"The cluster at {rack.Location} serves cert-manager's API.",
            false => $"The cluster at {rack.Location} does not serve cert-manager's API. The module's own engine issues certificates.",
            null => $"Cannot determine whether the cluster at {rack.Location} serves cert-manager's API.",
        });
        if (warning is not null)
        {
            WriteWarning(warning);
        }

        return rack;
    }
}
