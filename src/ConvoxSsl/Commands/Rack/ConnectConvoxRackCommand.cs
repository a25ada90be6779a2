using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Commands;

/// <summary>
/// Makes a rack the one that this session's cmdlets work on: a directory, or with <c>-Name</c> a Convox rack in a
/// Kubernetes cluster. Of a cluster it tells what you may not do there.
/// </summary>
/// <example>
/// <code>
/// Connect-ConvoxRack /var/lib/convoxssl
/// </code>
/// Lets this session work on the rack in that directory.
/// </example>
/// <example>
/// <code>
/// Connect-ConvoxRack -Name production
/// </code>
/// Lets it work on the Convox rack production, in the cluster of the current context of your kubeconfig.
/// </example>
/// <example>
/// <code>
/// Connect-ConvoxRack -Name production -KubeConfig ./kubeconfig -Context staging -WarningAction Stop
/// </code>
/// Connects in a script that must not go on where a right is missing, with a kubeconfig and a context of its own.
/// </example>
[Cmdlet(VerbsCommunications.Connect, "ConvoxRack", DefaultParameterSetName = LocalSet)]
[OutputType(typeof(ConvoxRack))]
public sealed class ConnectConvoxRackCommand : AsyncCmdlet
{
    private const string LocalSet = "Local";
    private const string KubernetesSet = "Kubernetes";

    /// <summary>
    /// The directory of a local rack; it is made when something is stored. By default that of <c>CONVOXSSL_HOME</c>, else
    /// <c>convoxssl</c> in the user's application data.
    /// </summary>
    [Parameter(Position = 0, ParameterSetName = LocalSet)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The name of a Convox rack in a cluster, as <c>convox racks</c> shows it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = KubernetesSet)]
    [ArgumentCompleter(typeof(KubeConfigCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>
    /// The kubeconfig file. By default those of <c>KUBECONFIG</c>, else <c>~/.kube/config</c>; in a pod without one, its
    /// service account.
    /// </summary>
    [Parameter(ParameterSetName = KubernetesSet)]
    [ValidateNotNullOrEmpty]
    public string? KubeConfig { get; set; }

    /// <summary>The context of the kubeconfig. By default its current one.</summary>
    [Parameter(ParameterSetName = KubernetesSet)]
    [ArgumentCompleter(typeof(KubeConfigCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The rack's namespace. By default its name with <c>-system</c>.</summary>
    [Parameter(ParameterSetName = KubernetesSet)]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var rack = ParameterSetName == KubernetesSet ? ConnectCluster() : ConnectLocal();
            RackConnections.Connect(rack);
            WriteObject(rack);
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            // Whatever follows would work on another rack than was meant.
            ThrowTerminatingError(ErrorRecords.Create(e, ParameterSetName == KubernetesSet ? Name : Path));
        }
    }

    private ConvoxRack ConnectLocal()
    {
        var rack = CompositionRoot.Local(Path is null ? null : GetUnresolvedProviderPathFromPSPath(Path), null);
        Run(ct => CompositionRoot.OpenLocal(rack).RequireReadableAsync(ct));
        return rack;
    }

    private ConvoxRack ConnectCluster()
    {
        var wanted = new ConvoxRack
        {
            Name = Name,
            Kind = ConvoxRackKind.Kubernetes,
            Location = string.Empty,
            Namespace = Namespace,
            KubeConfig = KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig),
            Context = Context,
        };
        var (rack, missing) = Run(ct => CompositionRoot.ConnectAsync(wanted, WriteDebug, ct));
        WriteVerbose(rack.CertManager switch
        {
            true => $"The cluster at {rack.Location} serves cert-manager's API.",
            false => $"The cluster at {rack.Location} does not serve cert-manager's API: the module's own engine issues.",
            null => $"The cluster at {rack.Location} does not tell whether cert-manager is installed.",
        });
        if (missing is not null)
        {
            WriteWarning(missing);
        }

        return rack;
    }
}
