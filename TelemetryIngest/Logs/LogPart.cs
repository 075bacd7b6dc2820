using System.Buffers;
using System.Text;
using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Formats;

namespace Lyceum.TelemetryIngest.Logs;

/// <summary>What one request brings of one log.</summary>
/// <param name="learner">Whose log it is, where its records say so.</param>
internal sealed class LogPart(string? learner)
{
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>The fields of a record that tell the log, as fluent-bit and fluentd name them.</summary>
    private static readonly string[] Origins = ["container_id", "container_name", "source", "stream", "file", "filename", "path", "tag", "hostname", "host"];

    public string? Learner => learner;

    /// <summary>The next piece of the log.</summary>
    public ReadOnlyMemory<byte> Text => _text.WrittenMemory;

    /// <summary>A piece of a log that is a body of its own.</summary>
    public static LogPart Of(ReadOnlySpan<byte> body)
    {
        var part = new LogPart(null);
        part._text.Write(body);
        return part;
    }

    /// <summary>Adds a record's line to the log that it is of.</summary>
    public static void Add(Dictionary<string, LogPart> parts, JsonElement record, string line, LearnerNames? names)
    {
        var learner = names?.Of(record);
        var pod = record.Field("kubernetes");
        var name = StorableText.Cut(
            string.Join('\n', [learner, pod.Text("pod_id") ?? pod.Text("pod_name"), pod.Text("container_name"), .. Origins.Select(field => record.Text(field))]), 1024);
        if (!parts.TryGetValue(name, out var part))
        {
            parts[name] = part = new LogPart(learner);
        }

        // Lines may come with their ends or without: between tokens an end of line means nothing, and in a token there is none.
        Encoding.UTF8.GetBytes(line, part._text);
    }
}
