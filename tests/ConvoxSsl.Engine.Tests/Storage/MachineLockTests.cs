using ConvoxSsl.Engine.Storage;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Storage;

public sealed class MachineLockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute, true)]
    [InlineData(UnixFileMode.OtherRead | UnixFileMode.OtherExecute, false)]
    public void All_users_use_the_directory_in_which_each_can_create_a_lock(UnixFileMode others, bool isChosen)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | others);

        Assert.Equal(isChosen ? _directory.Path : "/tmp", MachineLock.ChooseDirectory(_directory.Path));
        Assert.Equal("/tmp", MachineLock.ChooseDirectory(Path.Combine(_directory.Path, "missing")));
    }
}
