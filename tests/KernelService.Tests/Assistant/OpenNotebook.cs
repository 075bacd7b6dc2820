namespace Lyceum.KernelService.Tests.Assistant;

/// <summary>A kernel of its own, and its client, which has heard of it being idle.</summary>
internal sealed record OpenNotebook(HttpClient Rest, string Kernel, NotebookClient Client) : IAsyncDisposable
{
    public static async Task<OpenNotebook> StartAsync(KernelServiceFixture service, string kernelspec)
    {
        var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync(kernelspec);
        var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await client.CollectAsync(await client.SendAsync("shell", "kernel_info_request", []));
        return new OpenNotebook(rest, kernel, client);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        using var _ = await Rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{Kernel}"));
        Rest.Dispose();
    }
}
