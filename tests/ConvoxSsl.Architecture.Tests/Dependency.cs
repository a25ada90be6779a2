namespace ConvoxSsl.Architecture.Tests;

/// <summary>The use of a type by another one.</summary>
/// <param name="User">The file whose type uses the other.</param>
/// <param name="UserType">The type that uses the other.</param>
/// <param name="Used">The file that declares the used type.</param>
/// <param name="UsedType">The used type.</param>
internal sealed record Dependency(SourceFile User, string UserType, SourceFile Used, string UsedType)
{
    /// <summary>True if the two types are in different folders or projects.</summary>
    public bool CrossesFolders => (User.Project, User.Folder) != (Used.Project, Used.Folder);

    public override string ToString() => $"{User.Path}: {UserType} uses {UsedType} of {Used.Path}";
}
