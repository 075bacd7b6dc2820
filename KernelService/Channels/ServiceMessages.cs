using System.Globalization;
using System.Text.Json;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>Messages on iopub that the service makes itself, in the kernel's stead.</summary>
internal sealed class ServiceMessages(TimeProvider time)
{
    private readonly string _session = Guid.CreateVersion7().ToString("N");

    /// <summary>A status of nobody's request, by which clients learn of restarts and deaths.</summary>
    public JupyterMessage Status(string state) => new()
    {
        Header = JupyterHeader.Create("status", _session, "lyceum", time).ToUtf8(),
        Content = JsonSerializer.SerializeToUtf8Bytes(new StatusContent(state), ServiceMessageJson.Default.StatusContent),
    };

    /// <summary>Text on stderr in the place of outputs that were dropped, in the cell that made them.</summary>
    public JupyterMessage Loss(JupyterMessage lost, int count) =>
        Stderr(lost, $"\n[{count} messages were dropped here: the page was away or took them more slowly than the kernel put them out]\n");

    /// <summary>What jupyter_server writes, which people know, with the settings of this service.</summary>
    public JupyterMessage RateExceeded(JupyterMessage lost, IopubVerdict verdict, ChannelsOptions options)
    {
        var (what, setting, limit, unit) = verdict == IopubVerdict.TooMuchData
            ? ("data", "IopubDataRateLimit", options.IopubDataRateLimit, "bytes/sec")
            : ("message", "IopubMessageRateLimit", options.IopubMessageRateLimit, "msgs/sec");
        return Stderr(lost, string.Create(CultureInfo.InvariantCulture, $"""

            IOPub {what} rate exceeded.
            The Jupyter server will temporarily stop sending output
            to the client in order to avoid crashing it.
            To change this limit, set the config variable
            `Channels:{setting}`.

            Current values:
            Channels:{setting}={limit:0.0###} ({unit})
            Channels:RateWindow={options.RateWindow.TotalSeconds:0.0##} (secs)


            """));
    }

    private JupyterMessage Stderr(JupyterMessage lost, string text) => new()
    {
        Header = JupyterHeader.Create("stream", _session, "lyceum", time).ToUtf8(),
        ParentHeader = lost.ParentHeader,
        Content = JsonSerializer.SerializeToUtf8Bytes(new StreamContent("stderr", text), ServiceMessageJson.Default.StreamContent),
    };
}

internal sealed record StatusContent(string ExecutionState);

internal sealed record StreamContent(string Name, string Text);

[System.Text.Json.Serialization.JsonSerializable(typeof(StatusContent))]
[System.Text.Json.Serialization.JsonSerializable(typeof(StreamContent))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ServiceMessageJson : System.Text.Json.Serialization.JsonSerializerContext;
