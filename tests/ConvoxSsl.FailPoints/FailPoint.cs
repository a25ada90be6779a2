using ConvoxSsl.FailPoints;

namespace ConvoxSsl.Engine;

/// <summary>Implements the fail points of this build.</summary>
internal static partial class FailPoint
{
    static partial void OnDisk(string step, string path) => FailPlan.Current.Disk(step, path);

    static partial void OnWrite(FileStream file, ReadOnlyMemory<byte> contents) => FailPlan.Current.Write(file, contents);

    static partial void OnNetwork(string step, HttpMethod method, Uri url) => FailPlan.Current.Network(step, method, url);
}
