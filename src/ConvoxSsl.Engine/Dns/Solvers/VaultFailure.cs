using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Dns.Solvers;

/// <summary>
/// Creates the errors of reading a solver's credential from a vault of SecretManagement
/// (https://learn.microsoft.com/powershell/utility-modules/secretmanagement/overview). None shows the credential.
/// </summary>
public static class VaultFailure
{
    /// <summary>True if a failure is one of these. No request was sent, so a retry needs no delay.</summary>
    public static bool IsOne(EngineException failure) => failure.Code
        is ErrorCode.VaultLocked or ErrorCode.VaultNotInstalled or ErrorCode.VaultSecretNotFound or ErrorCode.VaultSecretInvalid
        or ErrorCode.VaultFailed;

    /// <summary>Creates <c>VaultLocked</c>: the vault requires a password.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="secret">The place of its credential.</param>
    /// <param name="isInteractive">True if the session can prompt for the password.</param>
    public static EngineException Locked(DnsSolver solver, VaultSecret secret, bool isInteractive) => new(
        ErrorCode.VaultLocked,
        EngineErrorKind.Denied,
        $"Cannot read {Describe(solver, secret)}: {DescribeVault(secret)} is locked"
            + $"{(isInteractive ? string.Empty : ", and this session cannot prompt for its password")}.",
        solver.Id) { Remedy = new Remedy(ErrorCode.VaultLocked) };

    /// <summary>Creates <c>VaultNotInstalled</c>: the session has no command to read secrets.</summary>
    public static EngineException NotInstalled(DnsSolver solver, VaultSecret secret) => new(
        ErrorCode.VaultNotInstalled,
        EngineErrorKind.InvalidState,
        $"Cannot read {Describe(solver, secret)}: SecretManagement is not available in this session.",
        solver.Id) { Remedy = new Remedy(ErrorCode.VaultNotInstalled) };

    /// <summary>Creates <c>VaultSecretNotFound</c>: the secret or the vault does not exist.</summary>
    public static EngineException SecretNotFound(DnsSolver solver, VaultSecret secret) => new(
        ErrorCode.VaultSecretNotFound,
        EngineErrorKind.NotFound,
        $"Cannot find {Describe(solver, secret)}{(secret.Vault is null ? " in any vault" : string.Empty)}.",
        solver.Id)
    {
        Remedy = secret.Vault is { } vault
            ? new Remedy("VaultSecretNotFound.Vault", Quote(vault))
            : new Remedy(ErrorCode.VaultSecretNotFound),
    };

    /// <summary>Creates <c>VaultSecretInvalid</c>: the secret is not a credential.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="secret">The place of its credential.</param>
    /// <param name="found">A description of the secret, without its value.</param>
    public static EngineException SecretInvalid(DnsSolver solver, VaultSecret secret, string found)
    {
        var expected = solver.Settings?.SecretKind == DnsSecretKind.Arguments
            ? "Hashtable with the plugin's arguments"
            : "SecureString, String or PSCredential";
        return new EngineException(
            ErrorCode.VaultSecretInvalid,
            EngineErrorKind.InvalidData,
            $"The secret is not valid: {Describe(solver, secret)}, is {found}, not a {expected}.",
            solver.Id)
        {
            Remedy = new Remedy(ErrorCode.VaultSecretInvalid),
        };
    }

    /// <summary>Creates <c>VaultFailed</c>: any other error of the vault.</summary>
    public static EngineException Other(DnsSolver solver, VaultSecret secret, string message) => new(
        ErrorCode.VaultFailed,
        EngineErrorKind.InvalidState,
        $"Cannot read {Describe(solver, secret)}: {message.TrimEnd('.', ' ')}.",
        solver.Id)
    {
        Remedy = secret.Vault is { } vault
            ? new Remedy("VaultFailed.Vault", Quote(secret.Name), Quote(vault))
            : new Remedy(ErrorCode.VaultFailed, Quote(secret.Name)),
    };

    private static string Describe(DnsSolver solver, VaultSecret secret) =>
        $"the secret '{secret.Name}'{(secret.Vault is null ? string.Empty : $" of the vault '{secret.Vault}'")}, "
            + $"the credential of DNS solver {solver.Id}";

    private static string DescribeVault(VaultSecret secret) => secret.Vault is null ? "the vault" : $"the vault '{secret.Vault}'";

    // As the vault's commands expect them.
    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
