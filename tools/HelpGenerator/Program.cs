using System.Reflection;
using System.Xml.Linq;

namespace ConvoxSsl.HelpGenerator;

/// <summary>
/// Usage: HelpGenerator ASSEMBLY DOCUMENTATION REFERENCES MAML PAGES. Reads the cmdlets of an assembly and its XML documentation, with
/// a file that lists its references, and writes the MAML file and the folder of pages.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [var assembly, var documentation, var references, var maml, var pages])
        {
            Console.Error.WriteLine("HelpGenerator: error : Usage: HelpGenerator ASSEMBLY DOCUMENTATION REFERENCES MAML PAGES");
            return 2;
        }

        using var context = new MetadataLoadContext(new PathAssemblyResolver([assembly, .. File.ReadAllLines(references)]));
        var reader = new ModuleReader(
            context.LoadFromAssemblyPath(assembly), XDocument.Load(documentation, LoadOptions.PreserveWhitespace));
        var cmdlets = reader.Read();
        if (reader.Missing.Count > 0)
        {
            // Use MSBuild's error format.
            foreach (var missing in reader.Missing)
            {
                Console.Error.WriteLine($"HelpGenerator : error HELP0001: {missing} Get-Help shows this text.");
            }

            return 1;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(maml))!);
        MamlFile.Write(maml, cmdlets);
        MarkdownPages.Write(pages, cmdlets);
        return 0;
    }
}
