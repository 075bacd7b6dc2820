using System.Text.Json;
using Lyceum.KernelService.Kernels;
using Lyceum.Messaging;
using Lyceum.NotebookAssistant;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.LearningEvents;

namespace Lyceum.KernelService.Executions;

/// <summary>
/// Watches the messages of one kernel and reports each cell that a learner runs. It only looks: nothing it meets delays
/// or changes what passes, and what it cannot read it leaves alone.
/// </summary>
internal sealed partial class ExecutionObserver(
    string language, Func<string?> notebook, RecentCells recent, LearningEventSender events, TimeProvider time, ILogger<ExecutionObserver> logger)
{
    private const int MaxPending = 1000;
    private const int MaxCode = 32 * 1024;
    private const int MaxText = 4 * 1024;
    private const int MaxTraceback = 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);

    /// <summary>A client's message on shell.</summary>
    public void Request(HeaderFields header, JupyterMessage message, CallerIdentity caller)
    {
        if (!header.MsgType.SequenceEqual("execute_request"u8)
            || Read(message.Content, ExecutionJson.Default.ExecuteRequest) is not { Silent: false, StoreHistory: not false, Code.Length: > 0 } request)
        {
            return;
        }

        var cell = Read(message.Metadata, ExecutionJson.Default.ExecuteMetadata)?.CellId;
        lock (_gate)
        {
            if (_running.Count < MaxPending)
            {
                _running[header.MsgIdText] = new Running(caller, header.SessionText, Cut(request.Code, MaxCode), cell) { Since = time.GetTimestamp() };
            }
        }
    }

    /// <summary>A message that the kernel published.</summary>
    public void Published(HeaderFields header, HeaderFields parent, JupyterMessage message)
    {
        var isStart = header.MsgType.SequenceEqual("execute_input"u8);
        if ((!isStart && !header.MsgType.SequenceEqual("error"u8)) || Find(parent) is not { } execution)
        {
            return;
        }

        if (isStart)
        {
            // Until now it may have waited behind other cells.
            execution.Since = time.GetTimestamp();
        }
        else
        {
            execution.Error = Read(message.Content, ExecutionJson.Default.ExecuteOutcome);
        }
    }

    /// <summary>A reply on shell.</summary>
    public void Replied(HeaderFields header, HeaderFields parent, JupyterMessage message)
    {
        if (!header.MsgType.SequenceEqual("execute_reply"u8) || Find(parent) is not { } execution)
        {
            return;
        }

        Forget(parent.MsgIdText);
        if (Read(message.Content, ExecutionJson.Default.ExecuteOutcome) is { } reply && reply.Status is "ok" or "error")
        {
            Report(execution, reply.Status == "ok", reply.Ename is null ? execution.Error : reply);
        }
    }

    /// <summary>The kernel has ended: what it was executing failed.</summary>
    public void Ended(bool byItself)
    {
        Running[] lost;
        lock (_gate)
        {
            lost = [.. _running.Values.OrderBy(execution => execution.Since).Take(1)];
            _running.Clear();
        }

        if (byItself && lost is [var first])
        {
            Report(first, success: false, new ExecuteOutcome("error", "DeadKernelError", "The kernel died while it executed this.", []));
        }
    }

    private static T? Read<T>(ReadOnlyMemory<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Cut(string? text, int length) => text is null ? "" : text.Length <= length ? text : text[..length];

    private Running? Find(HeaderFields parent)
    {
        lock (_gate)
        {
            return _running.Count > 0 && !parent.MsgId.IsEmpty ? _running.GetValueOrDefault(parent.MsgIdText) : null;
        }
    }

    private void Forget(string id)
    {
        lock (_gate)
        {
            _running.Remove(id);
        }
    }

    private void Report(Running execution, bool success, ExecuteOutcome? error)
    {
        var told = success ? null : new CellError(
            Cut(error?.Ename, MaxText),
            Cut(error?.Evalue, MaxText),
            [.. (error?.Traceback ?? []).TakeLast(MaxTraceback).Select(line => Cut(line, MaxText))]);
        recent.Add(new RecentCell(execution.Code, execution.Cell, told));
        var detail = new CellExecuteDetail(language, execution.Code, success, (long)time.GetElapsedTime(execution.Since).TotalMilliseconds, told);
        var sent = events.TrySend(new LearningEvent
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Time = time.GetUtcNow(),
            Type = "CellExecute",
            Course = execution.Caller.Course,
            Learner = execution.Caller.Learner,
            Notebook = notebook(),
            Cell = execution.Cell,
            Session = execution.Session,
            Detail = JsonSerializer.SerializeToElement(detail, ExecutionJson.Default.CellExecuteDetail),
        });
        LogReported(logger, success, sent);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A cell was executed, successfully: {Success}; reported: {Sent}")]
    private static partial void LogReported(ILogger logger, bool success, bool sent);

    private sealed record Running(CallerIdentity Caller, string Session, string Code, string? Cell)
    {
        public long Since { get; set; }

        public ExecuteOutcome? Error { get; set; }
    }
}
