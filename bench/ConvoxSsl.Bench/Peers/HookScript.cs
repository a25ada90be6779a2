namespace ConvoxSsl.Bench.Peers;

/// <summary>Creates the shell scripts that peers call as hooks: what a user writes for a provider that the peer does not support.</summary>
internal static class HookScript
{
    /// <summary>Writes a script and makes it executable.</summary>
    /// <returns>The path of the script.</returns>
    public static string Write(PeerContext place, string name, string body)
    {
        var file = place[name];
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return file;
    }

    /// <summary>Creates the line that calls the provider.</summary>
    /// <param name="place">The peer's place.</param>
    /// <param name="what"><c>present</c> or <c>cleanup</c>.</param>
    /// <param name="name">The shell expression for the certificate's name.</param>
    /// <param name="value">The shell expression for the TXT value.</param>
    public static string Call(PeerContext place, string what, string name, string value) =>
        $"curl --silent --fail --data '{{\"fqdn\":\"_acme-challenge.'\"{name}\"'\",\"value\":\"'\"{value}\"'\"}}' "
            + $"{place.World.Hooks.Url}{what}";
}
