namespace ConvoxSsl.Loading;

/// <summary>Finds the directory of the module.</summary>
internal static class ModuleLocation
{
    /// <summary>
    /// Finds the directory for Import-Module in later sessions. This is the parent of a version directory, because PowerShell
    /// selects the newest version in it and an update can remove this one.
    /// </summary>
    public static string Find()
    {
        var directory = Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!;
        return Version.TryParse(Path.GetFileName(directory), out _) ? Path.GetDirectoryName(directory)! : directory;
    }
}
