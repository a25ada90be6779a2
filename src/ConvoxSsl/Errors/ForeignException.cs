using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Errors;

/// <summary>
/// Prepares the exceptions of .NET and of other libraries for display. They are the causes of the module's errors, and PowerShell
/// shows their messages too.
/// </summary>
internal static class ForeignException
{
    /// <summary>Returns the exception, or a copy if its message or that of a cause must not be shown unchanged.</summary>
    [return: NotNullIfNotNull(nameof(failure))]
    public static Exception? Sanitize(Exception? failure)
    {
        if (failure is null || IsClean(failure))
        {
            return failure;
        }

        var (message, cause) = (DisplayText.Sanitize(failure.Message), Sanitize(failure.InnerException));
        Exception copy = failure switch
        {
            UnauthorizedAccessException => new UnauthorizedAccessException(message, cause),
            IOException => new IOException(message, cause),
            _ => new SanitizedException($"{failure.GetType().Name}: {message}", cause),
        };
        return KeepStackTrace(failure, copy);
    }

    /// <summary>Copies the stack trace of an exception instead of adding that exception as a cause.</summary>
    public static T KeepStackTrace<T>(Exception original, T exception)
        where T : Exception
    {
        if (original.StackTrace is { } trace)
        {
            ExceptionDispatchInfo.SetRemoteStackTrace(exception, trace);
        }

        return exception;
    }

    private static bool IsClean(Exception failure) =>
        DisplayText.Sanitize(failure.Message) == failure.Message
        && (failure is AggregateException several
            ? several.InnerExceptions.All(IsClean)
            : failure.InnerException is not { } cause || IsClean(cause));

    private sealed class SanitizedException(string message, Exception? innerException) : Exception(message, innerException);
}
