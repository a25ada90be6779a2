using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Timeline;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class ShowConvoxExpiryCommand
{
    /// <summary>
    /// The certificates: IDs, the beginnings of IDs, names of the certificates, or objects from Get-, New- or
    /// Update-ConvoxCertificate, including those returned by a job or a remote session. Wildcards are permitted. By default all
    /// certificates of the rack.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Certificate)]
    public PSObject[]? Certificate { get; set; }

    /// <summary>
    /// The certificates for these names, in Unicode or A-labels. Wildcards are permitted. A wildcard that is the name of a certificate,
    /// such as <c>*.example.org</c>, selects that certificate only.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Domain)]
    public string[]? Domain { get; set; }

    /// <summary>
    /// The length of the time axis: a time span, or text such as <c>720h</c> or <c>30d</c>. Certificates that expire later are
    /// counted but not drawn.
    /// </summary>
    [Parameter]
    [Duration]
    public TimeSpan? Within { get; set; }

    /// <summary>The maximum number of certificates to draw, soonest expiry first. Default: 50, and 1000 on a page.</summary>
    [Parameter]
    [WholeNumber("-First 10", Min = 1)]
    public int? First { get; set; }

    /// <summary>The line length, at least 40. By default the width of the terminal, or 80 without one.</summary>
    [Parameter(ParameterSetName = TerminalSet)]
    [Parameter(ParameterSetName = PageSet)]
    [RejectedInSets(PageSet)]
    [WholeNumber("-Width 100", Min = TextTimeline.MinWidth, Max = 1000)]
    public int? Width { get; set; }

    /// <summary>Draws with ASCII characters only. A console without Unicode uses them by default.</summary>
    [Parameter(ParameterSetName = TerminalSet)]
    [Parameter(ParameterSetName = PageSet)]
    [RejectedInSets(PageSet)]
    public SwitchParameter Ascii { get; set; }

    /// <summary>The path of the HTML page. An existing file is replaced.</summary>
    [Parameter(ParameterSetName = PageSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? Html { get; set; }
}
