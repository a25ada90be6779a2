using System.Xml.Linq;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Tests.Examples;

/// <summary>An example of a cmdlet's help.</summary>
internal sealed record HelpExample(string Cmdlet, int Number, string Code)
{
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>Reads all examples of Get-Help from the built module.</summary>
    public static IReadOnlyList<HelpExample> ReadAll() =>
    [
        .. XDocument.Load(HelpFile()).Descendants(Command + "command").SelectMany(command => command.Descendants(Command + "example")
            .Select((example, index) =>
                new HelpExample(
                    (string)command.Element(Command + "details")!.Element(Command + "name")!,
                    index + 1,
                    (string)example.Element(Dev + "code")!))),
    ];

    private static string HelpFile() => Path.Combine(RepositoryRoot.Path, "out", "ConvoxSsl", "en-US", "ConvoxSsl.dll-Help.xml");
}
