using System.Diagnostics;

namespace ConvoxSsl.Engine;

/// <summary>
/// The steps at which the tests' build of this engine can be killed or meet a bad disk. Without <c>FAIL_POINTS</c> the
/// compiler leaves the calls and their arguments out.
/// </summary>
internal static partial class FailPoint
{
    /// <summary>Before something changes on the disk.</summary>
    [Conditional("FAIL_POINTS")]
    public static void Disk(string step, string path) => OnDisk(step, path);

    /// <summary>Before a file's contents are written, which a test may tear.</summary>
    [Conditional("FAIL_POINTS")]
    public static void Write(FileStream file, ReadOnlyMemory<byte> contents) => OnWrite(file, contents);

    /// <summary>Before a request is sent, or after its answer began to arrive.</summary>
    [Conditional("FAIL_POINTS")]
    public static void Network(string step, HttpMethod method, Uri url) => OnNetwork(step, method, url);

    static partial void OnDisk(string step, string path);

    static partial void OnWrite(FileStream file, ReadOnlyMemory<byte> contents);

    static partial void OnNetwork(string step, HttpMethod method, Uri url);
}
