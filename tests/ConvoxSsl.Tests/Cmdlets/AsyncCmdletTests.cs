using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.TestKit;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Cmdlets;

public sealed class AsyncCmdletTests : IDisposable
{
    private readonly HostedPowerShell _ps = new(cmdlets: [typeof(BodyCmdlet), typeof(OrderCmdlet)]);

    public void Dispose() => _ps.Dispose();

    [Fact]
    public async Task Begin_process_and_end_run_in_order()
    {
        var result = (await _ps.RunAsync("1, 2 | Trace-Order", CancellationToken.None)).Succeeded();
        Assert.Equal(["begin", "process 1", "process 2", "end"], result.Of<string>());
    }

    [Fact]
    public async Task Output_of_all_streams_is_written_in_order()
    {
        var result = await RunAsync("Invoke-Body $Work -Verbose *>&1 | ForEach-Object { \"$_\" }", new Work
        {
            Body = async (cmdlet, ct) =>
            {
                for (var i = 0; i < 50; i++)
                {
                    cmdlet.Emit($"object {i}");
                    cmdlet.Say($"text {i}");
                    await Task.Yield();
                }
            },
        });

        var expected = Enumerable.Range(0, 50).SelectMany(i => new[] { $"object {i}", $"text {i}", $"text {i}", $"text {i}" });
        Assert.Equal(expected, result.Succeeded().Of<string>());
    }

    [Fact]
    public async Task Any_thread_may_write()
    {
        var result = await RunAsync("Invoke-Body $Work", new Work
        {
            Body = (cmdlet, ct) => Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => cmdlet.Emit(i), ct))),
        });
        Assert.Equal(Enumerable.Range(0, 200), result.Succeeded().Of<int>().Order());
    }

    [Fact]
    public async Task WriteObjectAsync_waits_while_the_pipeline_is_far_behind()
    {
        const int Count = 5000;
        var (written, mostAhead) = (0, 0);
        var work = new Work
        {
            Body = async (cmdlet, ct) =>
            {
                while (written < Count)
                {
                    // Count before the wait, when the object is queued.
                    await cmdlet.EmitAsync(written++, ct);
                }
            },
        };
        _ps.Set("Ahead", (Action<int>)(taken =>
        {
            // The first object blocks the pipeline until the body has to wait.
            SpinWait.SpinUntil(() => taken > 0 || Volatile.Read(ref written) >= RecordQueue.MaxLength, TestTime.Hang);
            mostAhead = Math.Max(mostAhead, Volatile.Read(ref written) - taken);
        }));
        var result = await RunAsync("Invoke-Body $Work | ForEach-Object { $Ahead.Invoke($_); $_ }", work);

        Assert.Equal(Enumerable.Range(0, Count), result.Succeeded().Of<int>());
        Assert.InRange(mostAhead, RecordQueue.MaxLength, RecordQueue.MaxLength + 1);
    }

    [Fact]
    public async Task A_failing_slow_pipeline_ends_the_waiting_body()
    {
        var written = 0;
        _ps.Set("Wait", () => SpinWait.SpinUntil(() => Volatile.Read(ref written) >= RecordQueue.MaxLength, TestTime.Hang));
        var result = await RunAsync("Invoke-Body $Work | ForEach-Object { $Wait.Invoke(); throw 'downstream' }", new Work
        {
            Body = async (cmdlet, ct) =>
            {
                while (true)
                {
                    await cmdlet.EmitAsync(written++, ct);
                }
            },
        });
        Assert.Equal("downstream", result.TerminatingError?.Exception.Message);
    }

    [Fact]
    public async Task WriteObjectAsync_ends_a_stopped_body_whose_queue_has_room()
    {
        var isEnded = false;
        Work work = null!;
        work = new Work
        {
            Body = async (cmdlet, ct) =>
            {
                var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var stopping = ct.Register(stopped.SetResult);
                work.Started.SetResult();
                await stopped.Task;
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cmdlet.EmitAsync(1, ct));
                isEnded = true;
            },
        };
        _ps.Set("Work", work);
        var pipeline = _ps.Start("Invoke-Body $Work");
        await work.Started.Task;
        await pipeline.StopAsync();

        Assert.True(isEnded);
    }

    [Fact]
    public async Task A_stopped_pipeline_ends_after_the_cleanup()
    {
        Work work = null!;
        work = new Work
        {
            Body = async (cmdlet, ct) =>
            {
                try
                {
                    await work.WaitAsync(ct);
                }
                finally
                {
                    cmdlet.Say("dropped, not thrown");
                    cmdlet.Emit("dropped, not thrown");
                }
            },
        };
        _ps.Set("Work", work);
        var pipeline = _ps.Start("Invoke-Body $Work");
        await work.Started.Task;
        await pipeline.StopAsync();

        Assert.True(work.CleanedUp);
        var result = await pipeline.Completion;
        Assert.True(result.Stopped);
        Assert.Empty(result.Objects);
        Assert.Empty(result.Warnings);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public async Task A_throwing_downstream_command_waits_for_the_cleanup()
    {
        Work work = null!;
        work = new Work
        {
            Body = (cmdlet, ct) =>
            {
                cmdlet.Emit(1);
                return work.WaitAsync(ct);
            },
        };
        var result = await RunAsync("Invoke-Body $Work | ForEach-Object { throw 'downstream' }", work);
        Assert.True(work.CleanedUp);
        Assert.Equal("downstream", result.TerminatingError?.Exception.Message);
    }

    [Fact]
    public async Task An_error_with_ErrorAction_Stop_ends_the_body_after_its_cleanup()
    {
        Work work = null!;
        work = new Work
        {
            Body = (cmdlet, ct) =>
            {
                cmdlet.Fail(Error("First"));
                return work.WaitAsync(ct);
            },
        };
        var result = await RunAsync("Invoke-Body $Work -ErrorAction Stop", work);
        Assert.True(work.CleanedUp);
        Assert.StartsWith("First,", result.TerminatingError?.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminating_error_of_the_body_keeps_its_ID_and_target()
    {
        var result = await RunAsync("Invoke-Body $Work", new Work
        {
            Body = async (cmdlet, ct) =>
            {
                await Task.Yield();
                cmdlet.End(Error("Deadly"));
            },
        });
        Assert.Equal($"Deadly,{typeof(BodyCmdlet).FullName}", result.TerminatingError?.FullyQualifiedErrorId);
        Assert.Equal("target", result.TerminatingError?.TargetObject);
        Assert.IsType<TimeoutException>(result.TerminatingError?.Exception);
    }

    [Fact]
    public async Task An_exception_of_the_body_keeps_its_type()
    {
        var result = await RunAsync("Invoke-Body $Work", new Work { Body = (_, _) => Task.FromException(new FormatException("odd")) });
        Assert.IsType<FormatException>(result.TerminatingError?.Exception);
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_pipelines_is_an_error()
    {
        var result =
            await RunAsync("Invoke-Body $Work", new Work { Body = (_, _) => Task.FromException(new OperationCanceledException("theirs")) });
        Assert.False(result.Stopped);
        Assert.IsType<OperationCanceledException>(result.TerminatingError?.Exception);
    }

    [Fact]
    public async Task No_synchronization_context_is_captured()
    {
        var result = await RunAsync("Invoke-Body $Work", new Work
        {
            Before = _ => SynchronizationContext.SetSynchronizationContext(new SynchronizationContext()),
            Body = async (cmdlet, ct) =>
            {
                cmdlet.Emit(SynchronizationContext.Current is null);
                await Task.Yield();
                cmdlet.Emit(SynchronizationContext.Current is null);
            },
        });
        Assert.Equal([true, true], result.Succeeded().Of<bool>());
    }

    [Fact]
    public async Task A_task_of_an_earlier_record_cannot_write_into_a_later_one()
    {
        var later = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? stale = null;
        var result = await RunAsync("1, 2 | Invoke-Body $Work", new Work
        {
            Body = async (cmdlet, ct) =>
            {
                if (stale is null)
                {
                    stale = Task.Run(async () =>
                    {
                        await later.Task;
                        cmdlet.Emit("stale");
                    }, ct);
                }
                else
                {
                    later.SetResult();
                    await stale;
                    cmdlet.Emit("fresh");
                }
            },
        });
        Assert.Equal(["fresh"], result.Succeeded().Of<string>());
    }

    [Fact]
    public async Task Progress_is_completed_when_the_body_fails()
    {
        var result = await RunAsync("Invoke-Body $Work", new Work
        {
            Body = (cmdlet, ct) =>
            {
                cmdlet.Show(new ProgressRecord(7, "Activity", "Step"));
                throw new FormatException("odd");
            },
        });
        Assert.Equal(
            [(7, ProgressRecordType.Processing), (7, ProgressRecordType.Completed)],
            result.Progress.Select(record => (record.ActivityId, record.RecordType)));
    }

    [Fact]
    public async Task A_body_cannot_run_another_one()
    {
        var result = await RunAsync("Invoke-Body $Work", new Work
        {
            Body = (cmdlet, ct) =>
            {
                cmdlet.Nest();
                return Task.CompletedTask;
            },
        });
        Assert.IsType<InvalidOperationException>(result.TerminatingError?.Exception);
    }

    [Fact]
    public async Task The_pipeline_thread_can_prompt_before_the_body_runs()
    {
        var prompted = false;
        var result =
            await RunAsync("Invoke-Body $Work -WhatIf", new Work { Before = cmdlet => prompted = !cmdlet.ShouldProcess("it", "Do") });
        result.Succeeded();
        Assert.True(prompted);
        Assert.Contains("Do", _ps.Host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_an_interactive_host_prompts()
    {
        using var interactive = new HostedPowerShell(answers: ["Yes"], cmdlets: [typeof(BodyCmdlet)]);
        var work = new Work
        {
            Before = cmdlet =>
            {
                cmdlet.Emit(cmdlet.CanPrompt);
                cmdlet.Emit(cmdlet.CanPrompt && cmdlet.ShouldContinue("Sure?", "Question"));
            },
        };
        interactive.Set("Work", work);
        Assert.Equal([true, true], (await interactive.RunAsync("Invoke-Body $Work", CancellationToken.None)).Succeeded().Of<bool>());
        Assert.Single(interactive.Host.Prompts);
        Assert.Equal([false, false], (await RunAsync("Invoke-Body $Work", work)).Succeeded().Of<bool>());
    }

    [Fact]
    public void Disposing_twice_is_harmless()
    {
        var cmdlet = new OrderCmdlet();
        cmdlet.Dispose();
        cmdlet.Dispose();
    }

    private static ErrorRecord Error(string id) => new(new TimeoutException("late"), id, ErrorCategory.OperationTimeout, "target");

    private Task<PowerShellResult> RunAsync(string script, Work work)
    {
        _ps.Set("Work", work);
        return _ps.RunAsync(script, CancellationToken.None);
    }
}
