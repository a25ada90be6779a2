using System.Runtime.InteropServices;

namespace ConvoxSsl.Engine.Storage;

/// <summary>Looks up users and groups of a Unix system by name.</summary>
internal static partial class NativeAccounts
{
    // ERANGE: the buffer is too small.
    private const int TooSmall = 34;
    private const int FirstLength = 1024;
    private const int MaxLength = 1 << 20;

    private delegate int Find(string name, out Entry entry, Span<byte> buffer, nuint length, out nint result);

    /// <summary>Finds the id of a user; null if there is none of that name.</summary>
    public static uint? FindUser(string name) => FindId(FindUserEntry, name);

    /// <summary>Finds the id of a group; null if there is none of that name.</summary>
    public static uint? FindGroup(string name) => FindId(FindGroupEntry, name);

    private static uint? FindId(Find find, string name)
    {
        for (var length = FirstLength; length <= MaxLength; length *= 2)
        {
            var error = find(name, out var entry, new byte[length], (nuint)length, out var result);
            if (error != TooSmall)
            {
                return error == 0 && result != 0 ? entry.Id : null;
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FindUserEntry(string name, out Entry entry, Span<byte> buffer, nuint length, out nint result);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FindGroupEntry(string name, out Entry entry, Span<byte> buffer, nuint length, out nint result);

    // In both structures, on every system, the ID follows the pointers to the name and the password. The size fits the other fields.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Entry
    {
        [FieldOffset(16)]
        public uint Id;
    }
}
