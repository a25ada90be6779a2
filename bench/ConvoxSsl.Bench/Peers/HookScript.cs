namespace ConvoxSsl.Bench.Peers;

/// <summary>The shell scripts that peers with hooks call: what a user writes for a provider that the peer does not know.</summary>
internal static class HookScript
{
    /// <summary>Writes one and makes it executable.</summary>
    /// <returns>Its path.</returns>
    public static string Write(IssuingPlace place, string name, string body)
    {
        var file = place[name];
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return file;
    }

    /// <summary>The line that calls the provider.</summary>
    /// <param name="place">Where.</param>
    /// <param name="what"><c>present</c> or <c>cleanup</c>.</param>
    /// <param name="name">The shell's expression for the certificate's name.</param>
    /// <param name="value">That for the TXT value.</param>
    public static string Call(IssuingPlace place, string what, string name, string value) =>
        $"curl --silent --fail --data '{{\"fqdn\":\"_acme-challenge.'\"{name}\"'\",\"value\":\"'\"{value}\"'\"}}' "
            + $"{place.World.Hooks.Url}{what}";
}
