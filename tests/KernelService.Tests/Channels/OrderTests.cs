using System.Globalization;
using System.Text;

namespace Lyceum.KernelService.Tests.Channels;

public sealed class OrderTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    [Fact]
    public async Task Several_clients_of_a_kernel_see_the_same_outputs_in_the_same_order()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 5).Select(i =>
            NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, i % 2 == 0 ? NotebookClient.V1 : null)));

        // All ask at once; each sees everybody's outputs.
        var ids = await Task.WhenAll(clients.Select((client, i) => client.ExecuteAsync($"for i in range(50): print('{i}', i, flush=True)")));
        var seen = await Task.WhenAll(clients.Select(client => UntilIdleAsync(client, ids)));

        Assert.All(seen, outputs => Assert.Equal(seen[0], outputs));
        Assert.All(ids, id => Assert.Contains(seen[0], output => output.StartsWith(id, StringComparison.Ordinal)));
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }

        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_message_whose_signature_is_forged_reaches_no_client()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        // On the kernel's own iopub socket: one signed with another key, then one with the kernel's.
        var messages = await client.RunAsync(
            """
            import json
            from jupyter_client.session import Session
            own = get_ipython().kernel
            forger = Session(key=b'another key')
            socket = own.iopub_socket
            forger.send(socket, 'stream', content={'name': 'stdout', 'text': 'forged'}, parent=own.get_parent('shell'), ident=b'stream')
            own.session.send(socket, 'stream', content={'name': 'stdout', 'text': 'genuine'}, parent=own.get_parent('shell'), ident=b'stream')
            """);

        Assert.Equal("genuine", Assert.Single(messages, message => message.Type == "stream").Text("text"));
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_page_that_comes_back_while_its_former_connection_hangs_gets_what_is_left_in_order()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var hanging = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "hanging");
        await using var watching = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        // More than the buffers of a connection take, so that the service is in the middle of a message.
        var id = await hanging.ExecuteAsync("for i in range(600): print('x' * 50_000, i, flush=True)");
        await watching.UntilAsync(message => message.State == "idle" && message.ParentId == id);

        await using var back = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "hanging");
        // Up to the idle status: the reply, on its channel of its own, may have overtaken the outputs to the hanging connection.
        var text = new StringBuilder();
        while (await back.UntilAsync(message => message.Channel == "iopub" && message.ParentId == id) is { State: not "idle" } message)
        {
            text.Append(message.Type == "stream" ? message.Text("text") : "");
        }

        int[] numbers = [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))];
        Assert.Equal(599, numbers[^1]);
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
        hanging.Drop();
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    private static async Task<List<string>> UntilIdleAsync(NotebookClient client, string[] ids)
    {
        var outputs = new List<string>();
        var running = ids.ToHashSet();
        while (running.Count > 0)
        {
            var message = await client.UntilAsync(message => message.Channel == "iopub" && ids.Contains(message.ParentId));
            if (message.Type == "stream")
            {
                outputs.Add($"{message.ParentId} {message.Text("text")}");
            }
            else if (message.State == "idle")
            {
                running.Remove(message.ParentId!);
            }
        }

        return outputs;
    }
}
