using System.Security.Cryptography;
using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Logs;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Formats;

/// <summary>Reads a request's body, in any of the formats of docs/telemetry.md.</summary>
internal sealed class BatchReader(LogTable logs, IOptions<EventsOptions> options, TimeProvider time)
{
    /// <summary>The events of a body, or why it cannot be taken at all; neither when there is no room for the logs that it goes on with.</summary>
    public async Task<(EventBatch? Batch, BatchProblem? Problem)> ReadAsync(SentBody body, IntakeBudget.Share share, CancellationToken cancellationToken)
    {
        var batch = new BatchBuilder(body, options.Value, time.GetUtcNow());
        Dictionary<string, LogPart> parts = [];
        if (body.Log is not null)
        {
            parts.Add(body.Log, LogPart.Of(body.Bytes.Span));
        }
        else
        {
            Read(body, batch, parts);
            if (!batch.HasEvents && parts.Count == 0)
            {
                batch.Refuse(StatusCodes.Status400BadRequest, "The body holds no events: neither {\"events\": [...]}, nor what jupyterlab-pioneer's exporters write, nor records of fluent-bit, nor events as NDJSON.");
            }
        }

        List<LogState> states = [];
        foreach (var (name, part) in parts)
        {
            if (batch.Problem is not null)
            {
                break;
            }

            if (await ReadAsync(new LogName(body.Caller.Course, body.Caller.Subject, name), part, batch, share, cancellationToken) is not { } state)
            {
                return (null, null);
            }

            states.Add(state);
        }

        return batch.Problem is null ? (batch.Build(states), null) : (null, batch.Problem);
    }

    private static void Read(SentBody body, BatchBuilder batch, Dictionary<string, LogPart> parts)
    {
        foreach (var text in body.IsLines ? BodyValues.LinesOf(body.Bytes) : BodyValues.Of(body.Bytes))
        {
            try
            {
                using var document = JsonDocument.Parse(StorableText.From(text), new JsonDocumentOptions { MaxDepth = BodyValues.MaxDepth });
                foreach (var value in document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.Items() : [document.RootElement])
                {
                    if (value.Text("log") is { } line)
                    {
                        LogPart.Add(parts, value, line, body.Names);
                    }
                    else
                    {
                        batch.Add(value);
                    }
                }
            }
            catch (JsonException failure) when (body.IsLines)
            {
                batch.AddBroken(text.Span, $"The line is no JSON: {failure.Message}");
            }

            if (batch.Problem is not null)
            {
                return;
            }
        }
    }

    /// <summary>Reads on in a log; null when there is no room for it.</summary>
    private async Task<LogState?> ReadAsync(LogName name, LogPart part, BatchBuilder batch, IntakeBudget.Share share, CancellationToken cancellationToken)
    {
        var piece = SHA256.HashData(part.Text.Span);
        var (version, before) = await logs.ReadAsync(name, piece, cancellationToken);
        if (!share.TryTake(before.Length + part.Text.Length))
        {
            return null;
        }

        var text = new byte[before.Length + part.Text.Length];
        before.CopyTo(text, 0);
        part.Text.CopyTo(text.AsMemory(before.Length));
        var found = LogText.Read(text);
        foreach (var range in found.Events)
        {
            using var document = JsonDocument.Parse(StorableText.From(text.AsMemory()[range]), new JsonDocumentOptions { MaxDepth = BodyValues.MaxDepth });
            batch.AddObserved(document.RootElement, part.Learner);
        }

        for (var i = 0; i < found.Broken; i++)
        {
            batch.AddBroken([.. piece, (byte)i], "A part of this event is missing in the log.");
        }

        // What no body could hold will never be whole.
        var rest = text.Length - found.Rest > options.Value.MaxBodySize ? [] : text[found.Rest..];
        return new LogState(name, version, piece, before, rest);
    }
}
