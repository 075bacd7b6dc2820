using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Tests;

/// <summary>A kernel and the feed that its packages come from.</summary>
public sealed class KernelWithFeed : IAsyncLifetime
{
    private readonly LocalFeed _feed = new();

    public RunningKernel Kernel { get; } = new();

    internal IEnumerable<string> Leftovers => _feed.Leftovers;

    public async Task InitializeAsync()
    {
        var words = _feed.Add("Words", "1.2.0", "public static class Words { public static string Hello => \"hello\"; }", "");
        _feed.Add(
            "Greetings",
            "2.0.0",
            "public static class Greetings { public static string To(string name) => Words.Hello + \", \" + name; }",
            "<member name=\"M:Greetings.To(System.String)\"><summary>Greets somebody.</summary></member>",
            "<dependency id=\"Words\" version=\"1.2.0\" />",
            words);
        _feed.Add("Tally", "1.0.0", "public static class Tally { public const string Mark = \"I\"; }", "");
        _feed.Add("Tally", "1.1.0", "public static class Tally { public const string Mark = \"II\"; }", "");
        await Kernel.StartAsync(_feed.Environment);
    }

    public async Task DisposeAsync()
    {
        await Kernel.DisposeAsync();
        _feed.Dispose();
    }
}

public sealed class PackageTests(KernelWithFeed fixture) : IClassFixture<KernelWithFeed>
{
    private readonly RunningKernel _kernel = fixture.Kernel;

    [Fact]
    public async Task A_package_comes_with_what_it_needs_and_its_documentation()
    {
        var run = await _kernel.RunAsync("#r \"nuget: Greetings, 2.0.0\"\nGreetings.To(\"Ada\")");
        Assert.True(run.Status == "ok", run.Reply.ToJsonString());
        Assert.Equal("\"hello, Ada\"", run.Result);
        Assert.StartsWith("Restoring Greetings 2.0.0 ...\nReady: Greetings 2.0.0, ", run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("Words 1.2.0\n", run.Stdout, StringComparison.Ordinal);
        Assert.Empty(fixture.Leftovers);

        // Later cells and questions know it, too, and so they do what it came with.
        Assert.Equal("5", (await _kernel.RunAsync("Words.Hello.Length")).Result);
        var inspected = await _kernel.AskAsync("inspect_request", new JsonObject { ["code"] = "Greetings.To", ["cursor_pos"] = 12 });
        Assert.Contains("Greets somebody.", inspected["data"]!["text/plain"]!.GetValue<string>(), StringComparison.Ordinal);
        var completed = await _kernel.AskAsync("complete_request", new JsonObject { ["code"] = "Greet", ["cursor_pos"] = 5 });
        Assert.Equal("Greetings", completed["matches"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_a_version_it_is_the_newest_and_another_one_later_needs_a_restart()
    {
        Assert.Equal("\"II\"", (await _kernel.RunAsync("#r \"nuget: Tally\"\nTally.Mark")).Result);

        var run = await _kernel.RunAsync("#r \"nuget: Tally, 1.0.0\"\nTally.Mark");
        Assert.Contains("Restart the kernel", run.Error["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("\"II\"", (await _kernel.RunAsync("Tally.Mark")).Result);
    }

    [Theory]
    [InlineData("nuget: Nothing.Of.This.Name, 1.0.0", "NU1101")]
    [InlineData("nuget: Words, 9.0.0", "NU1102")]
    [InlineData("nuget: ../Words", "names no package")]
    [InlineData("nuget: Words, $(HOME)", "names no package")]
    public async Task What_cannot_be_had_is_an_error_of_the_cell(string reference, string expected)
    {
        var run = await _kernel.RunAsync($"#r \"{reference}\"\nvar after = 1;");

        Assert.Equal("error", run.Status);
        Assert.Contains(expected, run.Traceback, StringComparison.Ordinal);
        Assert.Equal("1", (await _kernel.RunAsync("1")).Result);
    }

    [Fact]
    public async Task An_interrupt_ends_a_restore_that_waits_for_its_feed()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var feed = new LocalFeed($"http://{silent.LocalEndpoint}/v3/index.json");
        var kernel = new RunningKernel();
        await kernel.StartAsync(feed.Environment);
        try
        {
            var cell = await kernel.SendAsync(KernelChannel.Shell, "execute_request", new JsonObject { ["code"] = "#r \"nuget: Nothing, 1.0.0\"" });
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            using var connection = await silent.AcceptSocketAsync(limit.Token);
            await kernel.AskAsync("interrupt_request", [], KernelChannel.Control);

            Assert.Equal("KeyboardInterrupt", (await kernel.ReplyAsync(cell))["ename"]!.GetValue<string>());
            Assert.Empty(feed.Leftovers);
            await UntilClosedAsync(connection, limit.Token);
        }
        finally
        {
            await kernel.DisposeAsync();
        }
    }

    private static async Task UntilClosedAsync(Socket connection, CancellationToken cancellationToken)
    {
        try
        {
            while (await connection.ReceiveAsync(new byte[4096], cancellationToken) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Whoever is killed does not say goodbye.
        }
    }
}
