using System.Management.Automation;
using System.Text;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Storage;
using ConvoxSsl.Errors;
using ConvoxSsl.Formatting;
using ConvoxSsl.Timeline;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Draws when certificates expire and when their renewal windows begin: in the terminal, or on a page.</summary>
/// <remarks>
/// One row a certificate: those without any certificate first, then the soonest to expire. The bar runs from the begin of
/// validity to its end; where the renewal window begins stands a mark, and the window itself is drawn in another way. One
/// line through all rows is now. All times are UTC. What can't be used ends in a cross, and is told by a word too. A bar
/// that goes on beyond the axis ends in an arrow: without <c>-Within</c> the axis ends 400 days ahead at the latest.
/// The lines are text and can be piped or redirected. They are coloured by <c>$PSStyle</c> where PowerShell's own tables
/// would be: not with <c>NO_COLOR</c>, not with PlainText as OutputRendering, and not into a file.
/// The page is one file without script, for light and dark screens, and holds the same as a table. As with Export-Csv, a
/// file that is there is replaced, in one step.
/// </remarks>
/// <returns>The drawing, line by line; with -Html the file of the page.</returns>
/// <example>
/// <para>Draws all certificates of the connected rack.</para>
/// <code>Show-ConvoxExpiry</code>
/// </example>
/// <example>
/// <para>Draws what expires in the next 30 days, on an axis of just that time.</para>
/// <code>Get-ConvoxCertificate -Generated | Show-ConvoxExpiry -Within 30d</code>
/// </example>
/// <example>
/// <para>Writes a page for the people who have no prompt.</para>
/// <code>Get-ConvoxCertificate | Show-ConvoxExpiry -Html expiry.html</code>
/// </example>
/// <example>
/// <para>Keeps a drawing in a log that has no characters beyond ASCII.</para>
/// <code>Show-ConvoxExpiry -Ascii -Width 100 | Add-Content expiry.log</code>
/// </example>
[Cmdlet(VerbsCommon.Show, "ConvoxExpiry", DefaultParameterSetName = TerminalSet, SupportsShouldProcess = true)]
[OutputType(typeof(string), ParameterSetName = [TerminalSet])]
[OutputType(typeof(FileInfo), ParameterSetName = [PageSet])]
public sealed class ShowConvoxExpiryCommand : ConvoxCmdlet
{
    private const string TerminalSet = "Terminal";
    private const string PageSet = "Page";
    private const string Title = "Certificate expiry";
    private const int RowsOfTerminal = 50;
    private const int RowsOfPage = 1000;

    private readonly List<ConvoxCertificate> _certificates = [];

    /// <summary>
    /// The certificates: what Get- and New-ConvoxCertificate give, also in a job or a remote session, the results of
    /// Update-ConvoxCertificate, or ids. By default all of the rack.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public PSObject[]? Certificate { get; set; }

    /// <summary>
    /// How far ahead the time axis reaches; what expires later is counted and not drawn. A time span, or text such as
    /// <c>720h</c> or <c>30d</c>.
    /// </summary>
    [Parameter]
    [Duration]
    public TimeSpan? Within { get; set; }

    /// <summary>How many certificates are drawn at the most, the soonest to expire. Default: 50, and 1000 on a page.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>How many characters a line has, from 40 on. By default as many as the terminal, or 80 where there is none.</summary>
    [Parameter(ParameterSetName = TerminalSet)]
    [ValidateRange(TextTimeline.MinWidth, 1000)]
    public int? Width { get; set; }

    /// <summary>Draws with ASCII characters alone, as is done anyway where the console has no others.</summary>
    [Parameter(ParameterSetName = TerminalSet)]
    public SwitchParameter Ascii { get; set; }

    /// <summary>The file for a page; one that is there is replaced.</summary>
    [Parameter(ParameterSetName = PageSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? Html { get; set; }

    private protected override object? Target => Html;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Within <= TimeSpan.Zero)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                new InvalidInputException(ErrorCode.InvalidTimeSpan, $"There is nothing to draw within {Within}. Give -Within a positive time.", Within)));
        }
    }

    private protected override void ProcessInput()
    {
        if (Certificate is null)
        {
            var session = OpenRack();
            Run(ct => session.ListWithAppsAsync(
                certificate =>
                {
                    _certificates.Add(certificate);
                    return Task.CompletedTask;
                },
                WriteWarning,
                ct));
            return;
        }

        foreach (var given in Certificate)
        {
            try
            {
                _certificates.Add(Find(given));
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Create(e, given.BaseObject));
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        try
        {
            Draw();
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Create(e, Target));
        }
    }

    private ConvoxCertificate Find(PSObject given)
    {
        if (CertificateInput.Read(given) is { } certificate)
        {
            return certificate;
        }

        if (given.BaseObject is not string id)
        {
            throw new InvalidInputException(
                ErrorCode.NoCertificate, $"A {given.BaseObject.GetType().Name} is no certificate. Pipe what Get-ConvoxCertificate gives, or name an id.", given.BaseObject);
        }

        var session = OpenRack();
        return Run(ct => session.FindAsync(id, ct));
    }

    private void Draw()
    {
        var now = CompositionRoot.Now;
        var maxRows = First ?? (Html is null ? RowsOfTerminal : RowsOfPage);
        var timeline = ExpiryTimeline.Create(_certificates.Select(certificate => certificate.ToTimelineEntry(now)), now, Within, maxRows);
        timeline = timeline with
        {
            OmittedHint = FormattableString.Invariant($"; -First {timeline.Entries.Count + timeline.Omitted} shows all"),
        };
        if (Html is not null)
        {
            WritePage(timeline, GetUnresolvedProviderPathFromPSPath(Html));
            return;
        }

        var glyphs = Ascii ? TimelineGlyphs.Ascii : TimelineGlyphs.FromEncoding(Console.OutputEncoding);
        var colours = SessionStyle.GetColours(GetVariableValue("PSStyle"), Host, Environment.GetEnvironmentVariable("NO_COLOR"));
        foreach (var line in TextTimeline.Draw(timeline, Width ?? SessionStyle.GetWidth(Host), glyphs, colours))
        {
            WriteObject(line);
        }
    }

    private void WritePage(ExpiryTimeline timeline, string path)
    {
        if (ConfirmAction(path, FormattableString.Invariant($"Write a page of {timeline.Entries.Count} certificates")))
        {
            Run(ct => WriteFileAsync(path, TimelinePage.Draw(timeline, Title), ct));
            WriteObject(new FileInfo(path));
        }
    }

    private static Task WriteFileAsync(string path, string text, CancellationToken ct)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidInputException(ErrorCode.InvalidPath, $"Cannot write '{path}' because it is a directory.", path);
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new InvalidInputException(ErrorCode.DirectoryNotFound, $"Cannot write '{path}' because its directory does not exist.", path);
        }

        return AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(text), null, ct);
    }
}
