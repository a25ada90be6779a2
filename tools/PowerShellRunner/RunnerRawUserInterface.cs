using System.Management.Automation.Host;

namespace PowerShellRunner;

/// <summary>
/// The parts of a screen that formatting needs. It has no colours if the host is not interactive: cmdlets use this to detect it.
/// </summary>
internal sealed class RunnerRawUserInterface(bool canPrompt) : PSHostRawUserInterface
{
    private const int WidthWithoutTerminal = 120;

    public static int Width => Console.IsOutputRedirected || Console.WindowWidth <= 0 ? WidthWithoutTerminal : Console.WindowWidth;

    public override Size BufferSize { get => new(Width, 1000); set => throw Refusal(); }

    public override Size WindowSize { get => new(Width, 50); set => throw Refusal(); }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Coordinates WindowPosition { get => default; set => throw Refusal(); }

    public override Coordinates CursorPosition { get => default; set => throw Refusal(); }

    public override int CursorSize { get => 1; set => throw Refusal(); }

    public override ConsoleColor ForegroundColor
    {
        get => canPrompt ? Console.ForegroundColor : throw Refusal();
        set => Console.ForegroundColor = value;
    }

    public override ConsoleColor BackgroundColor
    {
        get => canPrompt ? Console.BackgroundColor : throw Refusal();
        set => Console.BackgroundColor = value;
    }

    public override string WindowTitle { get => string.Empty; set => throw Refusal(); }

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Refusal();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Refusal();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Refusal();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Refusal();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw Refusal();

    private static NotSupportedException Refusal() => new("This host can only write lines.");
}
