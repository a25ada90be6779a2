using Xunit;

namespace ConvoxSsl.TestKit;

/// <summary>A test that needs a program of the machine. It is skipped if the program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstalledFactAttribute : FactAttribute
{
    /// <param name="program">The name of the program.</param>
    /// <param name="package">The Debian package that contains it.</param>
    public InstalledFactAttribute(string program, string package)
    {
        (Program, Package) = (program, package);
        Skip = InstalledProgram.Find(program) is null ? $"{program} is not installed (package {package})." : null;
    }

    /// <summary>The name of the program.</summary>
    public string Program { get; }

    /// <summary>The Debian package that contains it.</summary>
    public string Package { get; }
}
