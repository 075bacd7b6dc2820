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
    public JupyterMessage Loss(JupyterMessage lost, int count) => new()
    {
        Header = JupyterHeader.Create("stream", _session, "lyceum", time).ToUtf8(),
        ParentHeader = lost.ParentHeader,
        Content = JsonSerializer.SerializeToUtf8Bytes(
            new StreamContent("stderr", $"\n[{count} messages were dropped here: the page was away or took them more slowly than the kernel put them out]\n"),
            ServiceMessageJson.Default.StreamContent),
    };
}

internal sealed record StatusContent(string ExecutionState);

internal sealed record StreamContent(string Name, string Text);

[System.Text.Json.Serialization.JsonSerializable(typeof(StatusContent))]
[System.Text.Json.Serialization.JsonSerializable(typeof(StreamContent))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ServiceMessageJson : System.Text.Json.Serialization.JsonSerializerContext;
