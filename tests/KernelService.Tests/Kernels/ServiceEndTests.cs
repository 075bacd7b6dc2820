using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Kernels;

public sealed class ServiceEndTests
{
    [Fact]
    public async Task When_the_service_stops_its_kernels_end_and_clients_are_told_to_come_back()
    {
        var service = new KernelServiceFixture();
        await service.InitializeAsync();
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var process = await ProcessOfAsync(client);

        var stopping = service.DisposeAsync();
        while (await client.ReceiveAsync() is not null)
        {
        }

        Assert.Equal(WebSocketCloseStatus.InternalServerError, client.CloseStatus);
        await stopping;
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task When_the_service_is_killed_its_kernels_end_by_themselves()
    {
        using var service = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["Identity__Key"] = TestIdentity.Key, ["Logging__LogLevel__Default"] = "Information",
                ["Workspaces__Root"] = Directory.CreateTempSubdirectory("lyceum-workspaces-").FullName,
            },
        })!;
        using var rest = new HttpClient { BaseAddress = await ListeningAtAsync(service) };
        rest.As(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        Process process;
        await using (var client = await NotebookClient.ConnectAsync(rest.BaseAddress, kernel, KernelServiceFixture.Sam))
        {
            process = await ProcessOfAsync(client);
        }

        service.Kill();

        using var limit = NotebookClient.Limit();
        await process.WaitForExitAsync(limit.Token);
    }

    private static async Task<Process> ProcessOfAsync(NotebookClient client)
    {
        var messages = await client.RunAsync("import os\nprint(os.getpid(), flush=True)");
        return Process.GetProcessById(int.Parse(messages.First(message => message.Type == "stream").Text("text"), CultureInfo.InvariantCulture));
    }

    private static async Task<Uri> ListeningAtAsync(Process service)
    {
        const string Announcement = "Now listening on: ";
        using var limit = NotebookClient.Limit();
        while (await service.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains(Announcement, StringComparison.Ordinal))
            {
                _ = service.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new Uri(line[(line.IndexOf(Announcement, StringComparison.Ordinal) + Announcement.Length)..]);
            }
        }

        throw new InvalidOperationException("The service did not start.");
    }
}
