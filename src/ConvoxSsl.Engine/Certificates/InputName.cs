namespace ConvoxSsl.Engine.Certificates;

/// <summary>Names the input of a parser at the beginning of an error message.</summary>
internal static class InputName
{
    /// <summary>Names a text by its file, or without one.</summary>
    /// <param name="file">The file as the user gave it, or null.</param>
    public static string Text(string? file) => file is null ? "The text" : $"'{file}'";

    /// <summary>Names a private key by its file, or without one.</summary>
    /// <param name="file">The file as the user gave it, or null.</param>
    public static string PrivateKey(string? file) => file is null ? "The private key" : $"The private key in '{file}'";
}
