using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Tests;

public sealed class ControlTests : IAsyncLifetime
{
    private readonly RunningKernel _kernel = new();

    public Task InitializeAsync() => _kernel.InitializeAsync();

    public Task DisposeAsync() => _kernel.DisposeAsync();

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("await Task.Delay(1); while (true) { }")]
    [InlineData("Thread.Sleep(Timeout.Infinite);")]
    [InlineData("await Task.Delay(Timeout.Infinite);")]
    [InlineData("new ManualResetEvent(false).WaitOne();")]
    [InlineData("Console.ReadLine()")]
    [InlineData("while (true) { try { Console.Write(\".\"); } catch { } }")]
    public async Task An_interrupt_stops_the_cell_and_keeps_the_kernel(string code)
    {
        await _kernel.RunAsync("var before = 1;");
        var run = await InterruptAsync(code, () => _kernel.AskAsync("interrupt_request", [], KernelChannel.Control));

        Assert.Equal("KeyboardInterrupt", run.Error["ename"]!.GetValue<string>());
        Assert.Equal("2", (await _kernel.RunAsync("before + 1")).Result);
    }

    [Fact]
    public async Task So_does_the_signal()
    {
        var run = await InterruptAsync("while (true) { }", async () =>
        {
            using var kill = Process.Start("kill", ["-INT", _kernel.Process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        });

        Assert.Equal("KeyboardInterrupt", run.Error["ename"]!.GetValue<string>());
        Assert.Equal("1", (await _kernel.RunAsync("1")).Result);
    }

    [Fact]
    public async Task An_interrupt_of_an_idle_kernel_does_nothing()
    {
        await _kernel.AskAsync("interrupt_request", [], KernelChannel.Control);
        Assert.Equal("1", (await _kernel.RunAsync("1")).Result);
    }

    [Fact]
    public async Task Heartbeat_and_control_answer_while_cells_block_the_thread_pool()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var heartbeat = await RequestSocket.ConnectAsync(_kernel.Connection.EndpointOf(KernelChannel.Heartbeat), cancellationToken: limit.Token);
        var run = await InterruptAsync("var gate = new ManualResetEventSlim(); for (var i = 0; i < 20; i++) Task.Run(() => gate.Wait()); while (true) { }", async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await heartbeat.SendAsync(new Message("ping"u8.ToArray()), limit.Token);
                Assert.Equal("ping"u8.ToArray(), (await heartbeat.ReceiveAsync(limit.Token))[0].ToArray());
            }

            var info = await _kernel.AskAsync("kernel_info_request", [], KernelChannel.Control);
            Assert.Equal("C#", info["language_info"]!["name"]!.GetValue<string>());
            await _kernel.AskAsync("interrupt_request", [], KernelChannel.Control);
        });

        Assert.Equal("KeyboardInterrupt", run.Error["ename"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shutdown_is_answered_and_ends_the_process_even_while_a_cell_runs(bool restart)
    {
        await _kernel.SendAsync(KernelChannel.Shell, "execute_request", new JsonObject { ["code"] = "new Thread(() => { while (true) { } }).Start(); while (true) { }" });
        var reply = await _kernel.AskAsync("shutdown_request", new JsonObject { ["restart"] = restart }, KernelChannel.Control);

        Assert.Equal(restart, reply["restart"]!.GetValue<bool>());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _kernel.Process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, _kernel.Process.ExitCode);
    }

    [Fact]
    public async Task A_request_that_makes_no_sense_gets_an_error_and_the_kernel_goes_on()
    {
        var reply = await _kernel.AskAsync("execute_request", new JsonObject { ["code"] = 5 });
        Assert.Equal(("error", "InvalidRequest"), (reply["status"]!.GetValue<string>(), reply["ename"]!.GetValue<string>()));
        await _kernel.SendAsync(KernelChannel.Shell, "no_such_request", []);
        Assert.Equal("1", (await _kernel.RunAsync("1")).Result);
    }

    private async Task<CellRun> InterruptAsync(string code, Func<Task> interrupt)
    {
        // The cell says when it runs, so that the interrupt does not come before.
        var interrupted = false;
        return await _kernel.RunAsync("Console.WriteLine(\"runs\");\n" + code, onOutput: async output =>
        {
            if (output.Type == "stream" && !interrupted)
            {
                interrupted = true;
                await interrupt();
            }
        });
    }
}
