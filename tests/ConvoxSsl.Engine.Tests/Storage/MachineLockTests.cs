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

    [Fact]
    public async Task Only_one_holder_at_a_time_has_a_lock_whose_file_is_removed_after_each()
    {
        var name = $"test-{Guid.NewGuid():N}";
        var holders = 0;
        var taken = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (_, ct) =>
        {
            for (var own = 0; own < 25;)
            {
                using var held = MachineLock.TryTake(name);
                if (held is not null)
                {
                    Assert.Equal(1, Interlocked.Increment(ref holders));
                    await Task.Yield();
                    Interlocked.Decrement(ref holders);
                    Interlocked.Increment(ref taken);
                    own++;
                }

                await Task.Delay(1, ct);
            }
        });

        Assert.Equal(200, taken);
        Assert.False(File.Exists(Path.Combine(MachineLock.ChooseDirectory("/run/lock"), $"convoxssl-{name}.lock")));
    }
}
