using System.Runtime.InteropServices;
using System.Security;

namespace ConvoxSsl.Hosting;

/// <summary>Reads secure strings at the last moment, into memory that is cleared afterwards.</summary>
internal static class Secret
{
    public static char[] Read(SecureString? secret)
    {
        if (secret is null)
        {
            return [];
        }

        var memory = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            var text = new char[secret.Length];
            Marshal.Copy(memory, text, 0, text.Length);
            return text;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(memory);
        }
    }
}
