using System.Text.Json;
using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>The contents of rack.json: the version of the directory's layout.</summary>
internal sealed record RackFormat([property: JsonPropertyName("format"), JsonRequired] int Format)
{
    /// <summary>The version that this code reads and writes.</summary>
    public const int Current = 1;

    private const string FileName = "rack.json";

    /// <summary>Checks that the directory can be read as a rack; returns false if it is not a rack yet.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRack</c>: the path or a parent of it is a file.</exception>
    /// <exception cref="EngineException"><c>RackTooNew</c>, <c>RackDamaged</c>.</exception>
    public static async Task<bool> RequireReadableAsync(string root, CancellationToken ct)
    {
        RequireDirectory(root);
        if (await AtomicFile.TryReadAsync(Path.Combine(root, FileName), ct).ConfigureAwait(false) is not { } json)
        {
            return false;
        }

        RackFormat? format = null;
        try
        {
            format = JsonSerializer.Deserialize(json, LocalRackJson.Default.RackFormat);
        }
        catch (JsonException)
        {
        }

        return format?.Format switch
        {
            >= 1 and <= Current => true,
            > Current => throw new EngineException(
                ErrorCode.RackTooNew,
                EngineErrorKind.InvalidData,
                $"The rack '{root}' has format {format.Format} of a newer version of ConvoxSsl; this version supports format {Current}.",
                root)
            {
                Remedy = "Update the module, or use another rack.",
            },
            _ => throw new EngineException(
                ErrorCode.RackDamaged,
                EngineErrorKind.InvalidData,
                $"The file '{Path.Combine(root, FileName)}' is damaged.",
                root)
            {
                Remedy = $"Its contents should be {{\"format\":{Current}}}; the rest of the rack is not affected.",
            },
        };
    }

    /// <summary>Makes the directory a rack.</summary>
    public static Task WriteAsync(string root, CancellationToken ct) =>
        AtomicFile.WritePrivateAsync(
            Path.Combine(root, FileName),
            JsonSerializer.SerializeToUtf8Bytes(new RackFormat(Current), LocalRackJson.Default.RackFormat),
            ct);

    private static void RequireDirectory(string root)
    {
        for (var path = root; path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
            {
                throw new InvalidInputException(
                    ErrorCode.InvalidRack, $"'{root}' cannot be a rack because '{path}' is a file.", root)
                {
                    Remedy = "Specify a directory, or a path that does not exist yet.",
                };
            }
        }
    }
}
