using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lyceum.AspireLocal.Sample;

namespace Lyceum.AspireLocal.Tests.Running;

public sealed class OrphanTests
{
    [Fact]
    public async Task A_killed_AppHost_leaves_no_process_behind_not_even_one_in_a_session_of_its_own()
    {
        using var host = StartHost(out var address);
        using var client = new HttpClient { BaseAddress = address };
        var service = await PidAsync(client, "/pid");
        var grandchild = await PidAsync(client, "/child");
        Assert.True(Runs(service) && Runs(grandchild));

        host.Kill();
        await host.WaitForExitAsync();

        await Eventually.Is(() => (Service: Runs(service), Grandchild: Runs(grandchild)), running => running is (false, false));
    }

    [Fact]
    public async Task SIGTERM_stops_everything_in_order_and_ends_with_success()
    {
        using var host = StartHost(out var address);
        using var client = new HttpClient { BaseAddress = address };
        var service = await PidAsync(client, "/pid");

        using var kill = Process.Start("kill", ["-TERM", host.Id.ToString(CultureInfo.InvariantCulture)]);
        await host.WaitForExitAsync().WaitAsync(TestApplication.Patience);

        Assert.Equal(0, host.ExitCode);
        Assert.False(Runs(service));
    }

    private static Process StartHost(out Uri address)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        address = new Uri($"http://localhost:{port}");
        var host = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", ["exec", typeof(SampleProject).Assembly.Location, "host", port.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
            },
        };
        host.OutputDataReceived += static (_, _) => { };
        host.Start();
        host.BeginOutputReadLine();
        return host;
    }

    private static async Task<int> PidAsync(HttpClient client, string path) => int.Parse(
        (await Eventually.Answers(() => TryGetAsync(client, path), answer => answer is not null))!, CultureInfo.InvariantCulture);

    private static async Task<string?> TryGetAsync(HttpClient client, string path)
    {
        try
        {
            return await client.GetStringAsync(new Uri(path, UriKind.Relative));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static bool Runs(int pid)
    {
        try
        {
            // A process that nobody has waited for is dead, too.
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
