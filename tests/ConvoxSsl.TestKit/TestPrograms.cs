namespace ConvoxSsl.TestKit;

/// <summary>Programs of the repository that tests start.</summary>
public static class TestPrograms
{
    /// <summary>
    /// Gets the path of a program: the copy compiled ahead of time in the directory <c>CONVOXSSL_TEST_PROGRAMS</c>, which
    /// build.ps1 publishes, or else the regular build.
    /// </summary>
    /// <param name="name">The name of the program's project.</param>
    /// <param name="regularBuild">The path of the regular build.</param>
    public static string Find(string name, string regularBuild)
    {
        var directory = Environment.GetEnvironmentVariable("CONVOXSSL_TEST_PROGRAMS");
        var published = directory is null ? null : Path.Combine(directory, name, $"{name}.dll");
        return File.Exists(published) ? published : regularBuild;
    }
}
