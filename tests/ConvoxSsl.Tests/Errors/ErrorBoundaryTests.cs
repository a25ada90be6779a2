using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Tests.Errors;

/// <summary>Tests that every exception becomes an error with an ID of the module, except those that control the pipeline.</summary>
public sealed class ErrorBoundaryTests
{
    private readonly List<string> _written = [];
    private readonly List<string> _ended = [];

    private ErrorBoundary Boundary => new(
        typeof(object), e => _written.Add(e.FullyQualifiedErrorId), e => _ended.Add(e.FullyQualifiedErrorId));

    [Fact]
    public async Task An_unexpected_exception_ends_the_command()
    {
        Boundary.Run(null, () => throw new ArgumentException("a bug"));
        Boundary.Run(null, () => throw new TaskCanceledException("a time limit that nobody handled"));
        await Boundary.RunAsync(() => throw new InvalidOperationException("a bug"), CancellationToken.None);

        Assert.Equal(["ConvoxSsl.Unexpected", "ConvoxSsl.Unexpected", "ConvoxSsl.Unexpected"], _ended);
        Assert.Empty(_written);
    }

    [Fact]
    public async Task An_error_of_one_input_object_does_not_end_the_command()
    {
        Boundary.Run("target", () => throw new InvalidInputException("InvalidDomain", "Text."));
        Assert.Equal(["ConvoxSsl.InvalidDomain"], _written);

        await Boundary.RunAsync(() => throw new IOException(), CancellationToken.None);
        Assert.Equal(["ConvoxSsl.InputOutput"], _ended);
    }

    [Fact]
    public async Task What_controls_the_pipeline_is_passed_on()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        Assert.Throws<PipelineStoppedException>(() => Boundary.Run(null, () => throw new PipelineStoppedException()));
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Boundary.RunAsync(() => throw new OperationCanceledException(), stopped.Token));
        Assert.Empty(_written.Concat(_ended));
    }
}
