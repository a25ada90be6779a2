using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Cmdlets;

/// <summary>Resolves PowerShell's paths.</summary>
internal static class FileSystemPath
{
    private const string ProviderName = "FileSystem";

    /// <summary>Resolves a path, which need not exist, in the file system.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidPath</c>: its drive does not exist, or it is not in the file system, such as <c>Env:x</c>.
    /// </exception>
    public static string Resolve(PathIntrinsics paths, string path)
    {
        try
        {
            var resolved = paths.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name != ProviderName ? throw Invalid(path, $"it belongs to the provider {provider.Name}", null)
                : resolved.Contains('\0', StringComparison.Ordinal) ? throw Invalid(path, "it contains a null character", null)
                : resolved;
        }
        catch (Exception e) when (e is SessionStateException or ProviderInvocationException or PSArgumentException or NotSupportedException)
        {
            throw Invalid(path, $"PowerShell cannot resolve it: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static InvalidInputException Invalid(string path, string reason, Exception? cause) =>
        new(ErrorCode.InvalidPath, $"The path '{path}' is not valid because {reason}.", path, cause)
        {
            Remedy = "Give a path in the file system.",
        };
}
