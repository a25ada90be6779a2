using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Dns.Solvers;

/// <summary>
/// What can be wrong when a solver's credential is read from a vault of SecretManagement
/// (https://learn.microsoft.com/powershell/utility-modules/secretmanagement/overview). None shows what was read.
/// </summary>
public static class VaultFailure
{
    private const string LockedCode = "VaultLocked";
    private const string NotInstalledCode = "VaultNotInstalled";
    private const string SecretNotFoundCode = "VaultSecretNotFound";
    private const string SecretInvalidCode = "VaultSecretInvalid";
    private const string OtherCode = "VaultFailed";

    /// <summary>Whether a failure is one of these: nobody was asked for anything yet, so the next try may follow at once.</summary>
    public static bool IsOne(EngineException failure) =>
        failure.Code is LockedCode or NotInstalledCode or SecretNotFoundCode or SecretInvalidCode or OtherCode;

    /// <summary><c>VaultLocked</c>: it wants a password first.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="secret">Where its credential lies.</param>
    /// <param name="isInteractive">Whether somebody is there to give the password.</param>
    public static EngineException Locked(DnsSolver solver, VaultSecret secret, bool isInteractive) => new(
        LockedCode,
        EngineErrorKind.Denied,
        $"{What(solver, secret)} can't be read: {VaultOf(secret)} is locked{(isInteractive ? string.Empty : ", and nobody can be asked here")}. "
            + "Unlock it first with Unlock-SecretVault, or use a vault that is configured to open without interaction, such as SecretStore with -Authentication None and -Interaction None.",
        solver.Id);

    /// <summary><c>VaultNotInstalled</c>: the session has no Get-Secret.</summary>
    public static EngineException NotInstalled(DnsSolver solver, VaultSecret secret) => new(
        NotInstalledCode,
        EngineErrorKind.InvalidState,
        $"{What(solver, secret)} can't be read, because this session has no Get-Secret. Install it with Install-PSResource Microsoft.PowerShell.SecretManagement, for the user that runs this, with the module of the vault.",
        solver.Id);

    /// <summary><c>VaultSecretNotFound</c>: the vault has no such secret, or there is no such vault.</summary>
    public static EngineException SecretNotFound(DnsSolver solver, VaultSecret secret) => new(
        SecretNotFoundCode,
        EngineErrorKind.NotFound,
        $"{What(solver, secret)} was not found{(secret.Vault is null ? " in any vault" : string.Empty)}. Get-SecretInfo{Option(secret)} lists what there is, Get-SecretVault the vaults of this user; "
            + "put it there with Set-Secret, or name another with Set-ConvoxDnsSolver.",
        solver.Id);

    /// <summary><c>VaultSecretInvalid</c>: what lies there is no credential.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="secret">Where its credential lies.</param>
    /// <param name="found">What lies there instead, without its value.</param>
    public static EngineException SecretInvalid(DnsSolver solver, VaultSecret secret, string found) => new(
        SecretInvalidCode,
        EngineErrorKind.InvalidData,
        $"{What(solver, secret)} is {found}, and has to be a {(solver.Settings?.SecretKind != DnsSecretKind.Arguments ? "SecureString, String or PSCredential" : "Hashtable with the plugin's arguments")}. Store it again with Set-Secret.",
        solver.Id);

    /// <summary><c>VaultFailed</c>: whatever else the vault says.</summary>
    public static EngineException Other(DnsSolver solver, VaultSecret secret, string message) => new(
        OtherCode,
        EngineErrorKind.InvalidState,
        $"{What(solver, secret)} can't be read: {message.TrimEnd('.', ' ')}. Try it by hand: Get-Secret {Quoted(secret.Name)}{Option(secret)}",
        solver.Id);

    private static string What(DnsSolver solver, VaultSecret secret) =>
        $"The secret '{secret.Name}'{(secret.Vault is null ? string.Empty : $" of the vault '{secret.Vault}'")}, the credential of DNS solver {solver.Id},";

    private static string VaultOf(VaultSecret secret) => secret.Vault is null ? "the vault" : $"the vault '{secret.Vault}'";

    private static string Option(VaultSecret secret) => secret.Vault is null ? string.Empty : $" -Vault {Quoted(secret.Vault)}";

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
