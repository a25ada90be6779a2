using System.Runtime.InteropServices;
using System.Security;

namespace ConvoxSsl.Scripts;

/// <summary>Converts between secure strings and text. Read a secure string as late as possible, and clear the array afterwards.</summary>
internal static class Secret
{
    public static SecureString FromText(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }

    public static char[] ToCharArray(SecureString? secret)
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
