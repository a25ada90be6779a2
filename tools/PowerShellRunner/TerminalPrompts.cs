using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PowerShellRunner;

/// <summary>Prompts on a terminal.</summary>
internal static class TerminalPrompts
{
    public static string ReadLine() => Console.ReadLine() ?? throw new HostException("Standard input has ended.");

    public static SecureString ReadSecret()
    {
        var secret = new SecureString();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace)
            {
                secret.AppendChar(key.KeyChar);
            }
            else if (secret.Length > 0)
            {
                secret.RemoveAt(secret.Length - 1);
            }
        }

        Console.WriteLine();
        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>Prompts for one of several choices, by the letter after the ampersand in its label.</summary>
    public static int Choose(string caption, string message, IReadOnlyList<ChoiceDescription> choices, int defaultChoice)
    {
        Introduce(caption, message);
        while (true)
        {
            Console.Write(string.Join("  ", choices.Select(choice => $"[{Letter(choice)}] {Label(choice)}")));
            Console.Write(defaultChoice >= 0 ? $" (default is \"{Letter(choices[defaultChoice])}\"): " : ": ");
            var input = ReadLine().Trim();
            if (input.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            for (var i = 0; i < choices.Count; i++)
            {
                if (input.Equals(Letter(choices[i]), StringComparison.OrdinalIgnoreCase)
                    || input.Equals(Label(choices[i]), StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }
    }

    public static Dictionary<string, PSObject> Fill(string caption, string message, IReadOnlyList<FieldDescription> fields)
    {
        Introduce(caption, message);
        return fields.ToDictionary(field => field.Name, field =>
        {
            Console.Write($"{field.Name}: ");
            return PSObject.AsPSObject(field.ParameterTypeFullName == typeof(SecureString).FullName ? ReadSecret() : ReadLine());
        });
    }

    public static PSCredential PromptForCredential(string caption, string message, string userName)
    {
        Introduce(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Console.Write("User: ");
            userName = ReadLine();
        }

        Console.Write($"Password for {userName}: ");
        return new PSCredential(userName, ReadSecret());
    }

    private static void Introduce(string caption, string message)
    {
        foreach (var line in new[] { caption, message }.Where(line => !string.IsNullOrEmpty(line)))
        {
            Console.WriteLine(line);
        }
    }

    private static string Label(ChoiceDescription choice) => choice.Label.Replace("&", string.Empty, StringComparison.Ordinal);

    private static string Letter(ChoiceDescription choice) =>
        choice.Label.IndexOf('&') is var mark and >= 0 && mark + 1 < choice.Label.Length
            ? choice.Label.Substring(mark + 1, 1)
            : Label(choice);
}
