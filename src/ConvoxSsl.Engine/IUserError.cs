namespace ConvoxSsl.Engine;

/// <summary>An exception for the user: its message says what failed, its remedy what to do.</summary>
public interface IUserError
{
    /// <summary>The advice, which the message does not contain; null if there is none.</summary>
    Remedy? Remedy { get; }
}
