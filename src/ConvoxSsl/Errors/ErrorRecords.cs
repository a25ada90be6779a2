using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Errors;

/// <summary>Converts exceptions to error records with a stable ID, a category, and the user's input as the target.</summary>
internal static class ErrorRecords
{
    private const string Prefix = "ConvoxSsl.";

    // The error views of PowerShell 7.5 and later show RecommendedAction.
    private static readonly bool s_showsRecommendations = typeof(PSObject).Assembly.GetName().Version >= new Version(7, 5);

    /// <summary>True if an exception is meant for the user and the next input can still succeed.</summary>
    public static bool CanDescribe(Exception failure) =>
        failure is InvalidInputException or EngineException or AcmeException or UnauthorizedAccessException or IOException;

    /// <summary>True if an exception is neither meant for the user nor one with which PowerShell controls the pipeline.</summary>
    public static bool IsUnexpected(Exception failure) =>
        !CanDescribe(failure) && failure is not TerminatingErrorException && failure.GetType().Assembly != typeof(PSObject).Assembly;

    /// <summary>Creates the error record of an exception.</summary>
    /// <param name="failure">The exception.</param>
    /// <param name="target">The request or certificate. If it is null, the value in the exception is the target.</param>
    /// <param name="cmdlet">The type of the running cmdlet, whose parameters the remedy can name; null if none is known.</param>
    public static ErrorRecord Create(Exception failure, object? target = null, Type? cmdlet = null) =>
        Describe(failure, IsPrivateKey(target) ? null : target, cmdlet);

    /// <summary>Returns the message of an exception with its remedy, for warnings and results.</summary>
    public static string DescribeFailure(Exception failure) => Create(failure).Exception.Message;

    // A private key can be given by mistake instead of something else.
    private static bool IsPrivateKey(object? target) => target switch
    {
        string text => text.Contains("PRIVATE KEY-----", StringComparison.Ordinal),
        IEnumerable<string> texts => texts.Any(IsPrivateKey),
        _ => false,
    };

    private static ErrorRecord Describe(Exception failure, object? target, Type? cmdlet)
    {
        var id = Prefix + FailureCode.Get(failure);
        return failure switch
        {
            InvalidInputException e => Create(PublicException.From(e, id, cmdlet), ErrorCategory.InvalidArgument, target ?? e.Value),
            EngineException e => Create(PublicException.From(e, id, cmdlet), ErrorCategories.Get(e.Kind), target ?? e.Value),
            AcmeException e => Create(
                PublicException.From(e, id, cmdlet),
                ErrorCategories.Get(e.Problem),
                target ?? DisplayText.OneLine(e.Problem.Identifier?.Value)),
            UnauthorizedAccessException e => AddRemedy(
                new ErrorRecord(ForeignException.Sanitize(e), id, ErrorCategory.PermissionDenied, target),
                "Check the permissions of the file or directory."),
            IOException e => AddRemedy(
                new ErrorRecord(ForeignException.Sanitize(e), id, ErrorCategory.ReadError, target),
                "Check the path and the free disk space."),
            _ => new ErrorRecord(ForeignException.Sanitize(failure), id, ErrorCategory.NotSpecified, target),
        };
    }

    private static ErrorRecord Create(ConvoxException failure, ErrorCategory category, object? target)
    {
        var record = new ErrorRecord(failure, failure.ErrorId, category, target);
        return failure.RecommendedAction is { } remedy ? AddRemedy(record, remedy) : record;
    }

    // PowerShell 7.5 and later show the remedy on its own line, so remove it from the text.
    private static ErrorRecord AddRemedy(ErrorRecord record, string remedy)
    {
        var message = record.Exception.Message;
        var text = s_showsRecommendations && message.EndsWith(remedy, StringComparison.Ordinal)
            ? message[..^remedy.Length].TrimEnd()
            : message;
        record.ErrorDetails = new ErrorDetails(text.Length > 0 ? text : message) { RecommendedAction = remedy };
        return record;
    }
}
