namespace ConvoxSsl.Engine.Http;

/// <summary>Reads bodies up to a maximum size, so that an endless response cannot exhaust the memory.</summary>
internal static class BoundedContent
{
    /// <summary>Reads a body.</summary>
    /// <returns>The body; null if it is larger than <paramref name="maxBytes"/>.</returns>
    public static async Task<byte[]?> TryReadAsync(HttpContent content, int maxBytes, CancellationToken ct)
    {
        var stream = await content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > maxBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
