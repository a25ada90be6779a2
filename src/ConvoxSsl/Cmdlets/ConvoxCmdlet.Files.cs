using System.Diagnostics.CodeAnalysis;
using System.Security;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Cmdlets;

/// <content>Files that the user named.</content>
public abstract partial class ConvoxCmdlet
{
    /// <summary>Reads the PEM text of a file that the user named; null if none was named.</summary>
    [return: NotNullIfNotNull(nameof(path))]
    private protected string? ReadPemFile(string? path) =>
        path is null ? null : InputFile.ReadPem(path, GetUnresolvedProviderPathFromPSPath);

    /// <summary>Reads the root certificates of a private CA in a file that the user named; null if none was named.</summary>
    [return: NotNullIfNotNull(nameof(path))]
    private protected string? ReadRootFile(string? path) =>
        path is null ? null : InputFile.ReadRoots(path, GetUnresolvedProviderPathFromPSPath);

    /// <summary>Reads the private key in a file that the user named; null if none was named.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidParameters</c>: a password was given without a file.</exception>
    private protected PrivateKey? ReadKeyFile(string? path, SecureString? password) =>
        InputFile.ReadKey(path, password, GetUnresolvedProviderPathFromPSPath);
}
