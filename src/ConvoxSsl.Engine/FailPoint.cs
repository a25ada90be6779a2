using System.Diagnostics;

namespace ConvoxSsl.Engine;

/// <summary>
/// Marks the steps at which tests kill the process or simulate a failing disk. Without <c>FAIL_POINTS</c> the compiler omits
/// the calls and their arguments.
/// </summary>
internal static partial class FailPoint
{
    /// <summary>Marks a step before a change on the disk.</summary>
    [Conditional("FAIL_POINTS")]
    public static void Disk(string step, string path) => OnDisk(step, path);

    /// <summary>Marks a step before a file's contents are written; a test may write only a part of them.</summary>
    [Conditional("FAIL_POINTS")]
    public static void Write(FileStream file, ReadOnlyMemory<byte> contents) => OnWrite(file, contents);

    /// <summary>Marks a step before a request is sent, or after the headers of its response were received.</summary>
    [Conditional("FAIL_POINTS")]
    public static void Network(string step, HttpMethod method, Uri url) => OnNetwork(step, method, url);

    static partial void OnDisk(string step, string path);

    static partial void OnWrite(FileStream file, ReadOnlyMemory<byte> contents);

    static partial void OnNetwork(string step, HttpMethod method, Uri url);
}
