using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;

namespace Lyceum.KernelBench.Targets;

/// <summary>A server with Jupyter's REST and WebSocket API, in a process of its own.</summary>
internal sealed class ServerTarget : Target
{
    private readonly ChildProcess _process;
    private readonly HttpClient _rest;
    private readonly string _header;
    private readonly string _value;

    private ServerTarget(string name, ServerLaunch launch) : base(name)
    {
        (_header, _value) = (launch.Header, launch.Value);
        _process = new ChildProcess(launch.Command[0], launch.Command[1..], launch.Environment);
        _rest = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{launch.Port}") };
        _rest.DefaultRequestHeaders.TryAddWithoutValidation(_header, _value);
    }

    public override int? ServerProcess => _process.Id;

    public static async Task<ServerTarget> StartAsync(string name, ServerLaunch launch, CancellationToken cancellationToken)
    {
        var target = new ServerTarget(name, launch);
        try
        {
            while (!await target.AnswersAsync(cancellationToken))
            {
                target._process.MustRun();
                await Task.Delay(100, cancellationToken);
            }

            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    public override async Task<RunningKernel> StartKernelAsync(string kernelspec, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using var body = new StringContent($$"""{"name":"{{kernelspec}}"}""", Encoding.UTF8, new MediaTypeHeaderValue(MediaTypeNames.Application.Json));
        using HttpResponseMessage response = await _rest.PostAsync(new Uri("/api/kernels", UriKind.Relative), body, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{Name} answers {(int)response.StatusCode} to the start of {kernelspec}: {text}");
        }

        using JsonDocument kernel = JsonDocument.Parse(text);
        string id = kernel.RootElement.GetProperty("id").GetString()!;
        WebSocketLink link = await WebSocketLink.ConnectAsync(NewSession(), _header, _value, cancellationToken);
        await link.KernelInfoAsync(cancellationToken);
        return new RunningKernel(link, Stopwatch.GetElapsedTime(start).TotalMilliseconds, ["websocket", NewSession().AbsoluteUri, _header, _value], async () =>
        {
            using HttpResponseMessage ended = await _rest.DeleteAsync(new Uri($"/api/kernels/{id}", UriKind.Relative), CancellationToken.None);
        });

        Uri NewSession() => new($"ws://{_rest.BaseAddress!.Authority}/api/kernels/{id}/channels?session_id={Guid.NewGuid():N}");
    }

    public override async ValueTask DisposeAsync()
    {
        _rest.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _rest.GetAsync(new Uri("/api/kernelspecs", UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
