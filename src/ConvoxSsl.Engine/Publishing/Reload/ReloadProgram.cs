namespace ConvoxSsl.Engine.Publishing.Reload;

/// <summary>Finds programs that reload servers.</summary>
public static class ReloadProgram
{
    /// <summary>Finds a program.</summary>
    /// <param name="command">The name or the full path.</param>
    /// <returns>The full path.</returns>
    /// <exception cref="InvalidInputException"><c>CommandNotFound</c>.</exception>
    public static string Find(string command) => ProgramRunner.Find(command) ?? throw new InvalidInputException(
        ErrorCode.CommandNotFound, $"The command '{command}' is not valid because this machine has no such program.", command);
}
