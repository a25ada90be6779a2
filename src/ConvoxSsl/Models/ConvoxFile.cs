namespace ConvoxSsl;

/// <summary>
/// A file that a cmdlet wrote. Unlike a <see cref="FileInfo"/>, it consists of plain values. It converts to one, cmdlets such as
/// <c>Get-Content</c> and <c>Copy-Item</c> accept it from the pipeline, and the other properties of a <see cref="FileInfo"/> are read by
/// name.
/// </summary>
public sealed record ConvoxFile
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The path.</summary>
    public required string FullName { get; init; }

    /// <summary>The path of the directory.</summary>
    public required string DirectoryName { get; init; }

    /// <summary>The size in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The permissions, such as <c>-rw-------</c>; on Windows the attributes, such as <c>-a---</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The time of the last change, in the time zone of this machine.</summary>
    public required DateTimeOffset LastWriteTime { get; init; }

    /// <summary>Converts a file to a <see cref="FileInfo"/>.</summary>
    public static implicit operator FileInfo(ConvoxFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.ToFileInfo();
    }

    /// <summary>Returns the file as a <see cref="FileInfo"/>.</summary>
    public FileInfo ToFileInfo() => new(FullName);

    /// <inheritdoc/>
    public override string ToString() => FullName;

    /// <summary>Describes a file.</summary>
    /// <param name="path">The full path.</param>
    internal static ConvoxFile FromPath(string path)
    {
        var file = new FileInfo(path);

        // A link has a size and a time of its own.
        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return new ConvoxFile
        {
            Name = file.Name,
            FullName = file.FullName,
            DirectoryName = file.DirectoryName ?? string.Empty,
            Length = target.Length,
            Mode = OperatingSystem.IsWindows() ? DescribeAttributes(target.Attributes) : DescribeMode(target.UnixFileMode),
            LastWriteTime = new DateTimeOffset(target.LastWriteTime),
        };
    }

    // As ls shows it. The mode has a bit for each letter.
    private static string DescribeMode(UnixFileMode mode) => string.Create(10, mode, static (text, bits) =>
    {
        "-rwxrwxrwx".CopyTo(text);
        for (var bit = 0; bit < 9; bit++)
        {
            text[9 - bit] = ((int)bits & (1 << bit)) == 0 ? '-' : text[9 - bit];
        }
    });

    // As Get-ChildItem shows it.
    private static string DescribeAttributes(FileAttributes attributes)
    {
        return $"-{Show(FileAttributes.Archive, 'a')}{Show(FileAttributes.ReadOnly, 'r')}{Show(FileAttributes.Hidden, 'h')}"
            + Show(FileAttributes.System, 's');

        char Show(FileAttributes attribute, char letter) => attributes.HasFlag(attribute) ? letter : '-';
    }
}
