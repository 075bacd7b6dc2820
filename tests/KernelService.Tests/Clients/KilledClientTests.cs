using System.Diagnostics;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Clients;

public sealed class KilledClientTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    // The framework that Jupyter's own servers and clients are made of, as a process that can be killed.
    private const string Program = """
        import asyncio, json, sys, uuid
        from tornado.httpclient import HTTPRequest
        from tornado.websocket import websocket_connect
        async def main(url, header, value, code):
            socket = await websocket_connect(HTTPRequest(url, headers={header: value}))
            message = {'msg_id': uuid.uuid4().hex, 'msg_type': 'execute_request', 'session': 'killed', 'username': '', 'date': '2026-01-01T00:00:00Z', 'version': '5.3'}
            await socket.write_message(json.dumps({'channel': 'shell', 'header': message, 'parent_header': {}, 'metadata': {}, 'content': {'code': code, 'silent': False}}))
            while True:
                answer = json.loads(await socket.read_message())
                if answer['header']['msg_type'] == 'stream':
                    print(message['msg_id'], flush=True)
        asyncio.run(main(*sys.argv[1:]))
        """;

    [Fact]
    public async Task A_client_that_is_killed_finds_what_it_missed_when_it_is_started_again()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        var gate = Path.Combine(service.WorkspaceOf(KernelServiceFixture.Sam), "gate-killed");
        var code = $"import os, time\nprint('before', flush=True)\nwhile not os.path.exists('{gate}'): time.sleep(0.01)\nprint('after', flush=True)";
        var address = new UriBuilder(service.Address) { Scheme = "ws", Path = $"/api/kernels/{kernel}/channels", Query = "session_id=killed" };
        using var client = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3", ["-c", Program, address.ToString(), IdentityHeader.Name, TestIdentity.Token(KernelServiceFixture.Sam), code]) { RedirectStandardOutput = true })!;
        string id;
        using (var limit = NotebookClient.Limit(60))
        {
            id = (await client.StandardOutput.ReadLineAsync(limit.Token))!;
            client.Kill();
            await client.WaitForExitAsync(limit.Token);
            while ((await rest.GetObjectAsync($"/api/kernels/{kernel}"))["connections"]!.GetValue<int>() != 0)
            {
                await Task.Delay(20, limit.Token);
            }
        }

        await File.WriteAllTextAsync(gate, "");
        await using var again = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "killed");
        var missed = await again.CollectAsync(id);

        Assert.Contains(missed, message => message.Type == "stream" && message.Text("text") == "after\n");
        Assert.Contains(missed, message => message.Type == "execute_reply" && message.Text("status") == "ok");
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }
}
