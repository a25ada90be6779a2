using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using ConvoxSsl.Engine.Issuance;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>The fail points exist in the test build of the engine only.</summary>
public sealed class ShippedEngineTests
{
    private const byte Call = 0x28;

    [Fact]
    public void No_code_of_the_shipped_engine_reaches_a_fail_point()
    {
        Assert.Equal(0, CountCalls(typeof(IssuanceEngine).Assembly.Location));
        Assert.InRange(CountCalls(FailPointsProgram.File), 20, int.MaxValue);
    }

    [Fact]
    public void The_shipped_fail_points_are_empty_and_internal()
    {
        var type = typeof(IssuanceEngine).Assembly.GetType("ConvoxSsl.Engine.FailPoint", throwOnError: true)!;

        Assert.False(type.IsVisible);
        Assert.All(type.GetMethods(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public), m =>
            Assert.InRange(m.GetMethodBody()!.GetILAsByteArray()!.Length, 1, 2));
    }

    /// <summary>Finds the calls of fail points in the code of an assembly.</summary>
    private static int CountCalls(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        var failPoint = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Single(t => metadata.GetString(t.Name) == "FailPoint");
        var targets = failPoint.GetMethods().Select(m => MetadataTokens.GetToken(m)).ToHashSet();
        var methods = failPoint.GetMethods().ToHashSet();
        return metadata.MethodDefinitions
            .Where(m => !methods.Contains(m))
            .Select(metadata.GetMethodDefinition)
            .Where(m => m.RelativeVirtualAddress != 0)
            .Sum(m => CountCalls(file.GetMethodBody(m.RelativeVirtualAddress).GetILBytes()!, targets));
    }

    private static int CountCalls(byte[] code, HashSet<int> targets) =>
        Enumerable.Range(0, Math.Max(0, code.Length - 4)).Count(
            i => code[i] == Call && targets.Contains(BitConverter.ToInt32(code, i + 1)));
}
