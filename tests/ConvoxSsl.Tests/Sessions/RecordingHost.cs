using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace ConvoxSsl.Tests.Sessions;

/// <summary>
/// A host that records its output and answers prompts from a list. Without a list, prompts fail as in <c>pwsh
/// -NonInteractive</c>.
/// </summary>
internal sealed class RecordingHost(IEnumerable<string>? answers) : PSHost
{
    private readonly RecordingUserInterface _userInterface = new(answers is null ? null : new Queue<string>(answers));

    /// <summary>The recorded text, such as the output of <c>Out-Default</c>.</summary>
    public string Text => _userInterface.Text;

    /// <summary>The captions and messages of the prompts, in order.</summary>
    public IReadOnlyList<string> Prompts => _userInterface.Prompts;

    /// <summary>The labels of the default choices of the prompts with choices, in order.</summary>
    public IReadOnlyList<string> DefaultChoices => _userInterface.DefaultChoices;

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "ConvoxSsl.Tests";

    public override PSHostUserInterface UI => _userInterface;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class RecordingUserInterface(Queue<string>? answers) : PSHostUserInterface
    {
        private readonly object _gate = new();
        private readonly StringBuilder _text = new();
        private readonly List<string> _prompts = [];
        private readonly List<string> _defaultChoices = [];

        public override PSHostRawUserInterface RawUI { get; } = new Screen(answers is not null);

        public string Text
        {
            get
            {
                lock (_gate)
                {
                    return _text.ToString();
                }
            }
        }

        public IReadOnlyList<string> Prompts
        {
            get
            {
                lock (_gate)
                {
                    return [.. _prompts];
                }
            }
        }

        public IReadOnlyList<string> DefaultChoices
        {
            get
            {
                lock (_gate)
                {
                    return [.. _defaultChoices];
                }
            }
        }

        public override void Write(string value) => Add(value);

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Add(value);

        public override void WriteLine(string value) => Add(value + "\n");

        public override void WriteErrorLine(string value) => Add(value + "\n");

        // The streams record these with their types.
        public override void WriteDebugLine(string message)
        {
        }

        public override void WriteVerboseLine(string message)
        {
        }

        public override void WriteWarningLine(string message)
        {
        }

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override string ReadLine() => Respond("ReadLine");

        public override SecureString ReadLineAsSecureString()
        {
            var secret = new SecureString();
            foreach (var c in Respond("ReadLineAsSecureString"))
            {
                secret.AppendChar(c);
            }

            return secret;
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            descriptions.ToDictionary(field => field.Name, field => PSObject.AsPSObject(Respond($"{caption} {message} {field.Name}")));

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            var response = Respond($"{caption} {message}");
            var labels = choices.Select(choice => choice.Label.Replace("&", string.Empty, StringComparison.Ordinal)).ToList();
            lock (_gate)
            {
                _defaultChoices.Add(labels[defaultChoice]);
            }

            var index = labels.FindIndex(label => label.Equals(response, StringComparison.OrdinalIgnoreCase));
            return index >= 0 ? index : throw new ArgumentException($"'{response}' is none of {string.Join(", ", labels)}.");
        }

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
            throw new NotSupportedException();

        public override PSCredential PromptForCredential(
            string caption,
            string message,
            string userName,
            string targetName,
            PSCredentialTypes allowedCredentialTypes,
            PSCredentialUIOptions options) =>
            throw new NotSupportedException();

        private string Respond(string prompt)
        {
            if (answers is null)
            {
                throw new PSInvalidOperationException(
                    "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
            }

            lock (_gate)
            {
                _prompts.Add(prompt);
                return answers.TryDequeue(out var response)
                    ? response
                    : throw new InvalidOperationException($"Nobody answers the prompt '{prompt}'.");
            }
        }

        private void Add(string text)
        {
            lock (_gate)
            {
                _text.Append(text);
            }
        }
    }

    // A non-interactive host has a width but no colors.
    private sealed class Screen(bool real) : PSHostRawUserInterface
    {
        public override ConsoleColor ForegroundColor
        {
            get => real ? ConsoleColor.Gray : throw new HostException("There is no screen.");
            set { }
        }

        public override ConsoleColor BackgroundColor { get; set; }

        public override Size BufferSize { get; set; } = new(160, 1000);

        public override Coordinates CursorPosition { get; set; }

        public override int CursorSize { get; set; } = 1;

        public override bool KeyAvailable => false;

        public override Size MaxPhysicalWindowSize => BufferSize;

        public override Size MaxWindowSize => BufferSize;

        public override Coordinates WindowPosition { get; set; }

        public override Size WindowSize { get; set; } = new(160, 50);

        public override string WindowTitle { get; set; } = string.Empty;

        public override void FlushInputBuffer()
        {
        }

        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

        public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();

        public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill)
        {
        }

        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents)
        {
        }

        public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
        {
        }
    }
}
