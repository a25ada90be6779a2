using System.Text;

namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>The accepted content of a TXT record: quoted strings of at most 255 octets, 2048 in total.</summary>
internal static class TxtRule
{
    private const int LongestString = 255;
    private const int LongestContent = 2048;

    /// <summary>Gets the value of a content.</summary>
    /// <exception cref="RejectedException">It is not valid.</exception>
    public static string Parse(string content)
    {
        if (content.Length is 0 or > LongestContent)
        {
            throw CreateRejection("its length is not allowed");
        }

        var value = new StringBuilder();
        for (var i = 0; i < content.Length;)
        {
            var text = ReadString(content, ref i);
            if (Encoding.UTF8.GetByteCount(text) > LongestString)
            {
                throw CreateRejection("a character string is longer than 255 octets");
            }

            value.Append(text);
            if (i < content.Length && content[i++] != ' ')
            {
                throw CreateRejection("character strings must be separated by a space");
            }
        }

        return value.ToString();
    }

    private static string ReadString(string content, ref int i)
    {
        if (i >= content.Length || content[i++] != '"')
        {
            throw CreateRejection("it must be in quotation marks");
        }

        var text = new StringBuilder();
        for (; i < content.Length; i++)
        {
            if (content[i] == '"')
            {
                i++;
                return text.ToString();
            }

            if (content[i] == '\\')
            {
                i++;
            }

            text.Append(i < content.Length ? content[i] : throw CreateRejection("an escape is not complete"));
        }

        throw CreateRejection("a quotation mark is missing");
    }

    private static RejectedException CreateRejection(string why) =>
        RejectedException.Of(400, 9207, $"Content for TXT record is invalid: {why}.");
}
