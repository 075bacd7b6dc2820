using System.Net;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Clients;

public sealed class GatewayUrlTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    [Fact]
    public async Task A_stock_Jupyter_server_runs_its_kernels_here_with_gateway_url()
    {
        await using var jupyter = await StockJupyter.StartServerAsync(service.Address, KernelServiceFixture.Sam);
        using var page = new HttpClient { BaseAddress = jupyter.Address };
        using var here = service.ClientOf(KernelServiceFixture.Sam);

        var specs = await page.GetObjectAsync("/api/kernelspecs");
        Assert.Contains("csharp", specs["kernelspecs"]!.AsObject().Select(spec => spec.Key));
        var kernel = await page.StartKernelAsync();
        Assert.Equal(kernel, Assert.Single(await here.GetArrayAsync("/api/kernels"))!["id"]!.GetValue<string>());

        await using var client = await NotebookClient.ConnectAsync(jupyter.Address, kernel, KernelServiceFixture.Sam, subprotocol: null);
        await UntilConnectedAsync(here, kernel);
        var messages = await client.RunAsync("print('through', flush=True)\n6 * 7");
        Assert.Equal("through\n", messages.First(message => message.Type == "stream").Text("text"));
        Assert.Equal("42", messages.First(message => message.Type == "execute_result").Content["data"]!["text/plain"]!.GetValue<string>());

        var id = await client.ExecuteAsync("print('busy', flush=True)\nwhile True: pass");
        await client.UntilAsync(message => message.Type == "stream" && message.ParentId == id);
        using var interrupted = await page.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/interrupt"), null);
        Assert.Equal(HttpStatusCode.NoContent, interrupted.StatusCode);
        Assert.Equal("KeyboardInterrupt", (await client.UntilAsync(message => message.Type == "execute_reply" && message.ParentId == id)).Text("ename"));

        using var ended = await page.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Empty(await here.GetArrayAsync("/api/kernels"));
    }

    /// <summary>What a page says before its server has begun to connect to the gateway, that server forgets.</summary>
    private static async Task UntilConnectedAsync(HttpClient here, string kernel)
    {
        using var limit = NotebookClient.Limit(60);
        while ((await here.GetObjectAsync($"/api/kernels/{kernel}"))["connections"]!.GetValue<int>() == 0)
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
