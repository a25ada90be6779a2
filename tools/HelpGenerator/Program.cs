using System.Reflection;
using System.Xml.Linq;

namespace ConvoxSsl.HelpGenerator;

/// <summary>
/// HelpGenerator ASSEMBLY DOCUMENTATION REFERENCES MAML PAGES: reads the assembly of cmdlets and the XML docs of it, with a
/// file that lists the assemblies that it refers to, and writes the MAML file and the folder of pages.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [var assembly, var documentation, var references, var maml, var pages])
        {
            Console.Error.WriteLine("HelpGenerator: error : Give the assembly, its XML docs, the list of its references, the MAML file and the folder of pages.");
            return 2;
        }

        using var context = new MetadataLoadContext(new PathAssemblyResolver([assembly, .. File.ReadAllLines(references)]));
        var reader = new ModuleReader(context.LoadFromAssemblyPath(assembly), XDocument.Load(documentation, LoadOptions.PreserveWhitespace));
        var cmdlets = reader.Read();
        if (reader.Missing.Count > 0)
        {
            // In the form that MSBuild takes for errors of the build.
            foreach (var missing in reader.Missing)
            {
                Console.Error.WriteLine($"HelpGenerator : error HELP0001: {missing} Write it: Get-Help shows it.");
            }

            return 1;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(maml))!);
        MamlFile.Write(maml, cmdlets);
        MarkdownPages.Write(pages, cmdlets);
        return 0;
    }
}
