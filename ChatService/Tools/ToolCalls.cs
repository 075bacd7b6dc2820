using System.Diagnostics;
using System.Text.Json;
using Lyceum.ChatService.Guard;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Tools;

/// <summary>Makes the calls of a step, all at once and each within its limits, and records each.</summary>
internal sealed partial class ToolCalls(ToolCallStore store, IOptions<ToolsOptions> options, TimeProvider time, ILogger<ToolCalls> logger)
{
    private const int MaxName = 200;
    private const string NotWithinPolicy = "It was not done: what you wrote gives away what this assignment's policy keeps from the student. Go on without it, and describe the idea in words.";
    private static readonly JsonElement None = JsonElement.Parse("{}");
    private static readonly TimeSpan RecordTimeout = TimeSpan.FromSeconds(10);

    private ToolsOptions Limits => options.Value;

    /// <summary>Writes down what a model asks for: what may run, what waits for the user, and what will not be done.</summary>
    public async Task<ToolStep> RecordAsync(ToolRun run, int number, string text, IReadOnlyList<FunctionCallContent> asked, CancellationToken cancellationToken)
    {
        var step = new ToolStep(number, text, [.. asked.Take(Limits.MaxCallsPerStep).Select(call => Recorded(run, number, call))]);
        await store.AddAsync(step, run.Answer, cancellationToken);
        return step;
    }

    /// <summary>Makes the calls of a step that may be made and were not; answers the step with their results.</summary>
    public async Task<ToolStep> RunAsync(ToolRun run, ToolStep step, CancellationToken cancellationToken) =>
        step with { Calls = [.. await Task.WhenAll(step.Calls.Select(call => RunAsync(run, call, cancellationToken)))] };

    private RecordedCall Recorded(ToolRun run, int step, FunctionCallContent call)
    {
        var tool = run.Tools.FirstOrDefault(tool => tool.Name == call.Name);
        var arguments = Arguments(call);
        var hidden = run.Guard.Holds && !IsWithinPolicy(run.Guard, tool, call.Name, arguments);
        // Whom an invalid call would be shown to for approval could only approve what fails.
        var waits = !hidden && tool is { NeedsApproval: true } && Complaint(tool, arguments, CancellationToken.None) is null;
        // The user sees the arguments of calls: what they must not see is not kept.
        return new RecordedCall(
            Guid.CreateVersion7(time.GetUtcNow()), run.Answer, step, tool?.Key, NotebookText.Start(NotebookText.Line(call.Name), MaxName), hidden ? None : arguments,
            hidden ? CallStatus.Failed : waits ? CallStatus.Waiting : CallStatus.Running, hidden ? NotWithinPolicy : null, false, time.GetUtcNow(), null, null);
    }

    private static bool IsWithinPolicy(AnswerGuard guard, Tool? tool, string name, JsonElement arguments) => guard.Allows(
        [.. tool is null ? (string[])[name] : [], .. ToolTexts.Of(arguments)],
        [.. (tool?.CodeArguments ?? []).Select(argument => arguments.TryGetProperty(argument, out var code) && code.ValueKind == JsonValueKind.String ? code.GetString() : null).OfType<string>()]);

    private async Task<RecordedCall> RunAsync(ToolRun run, RecordedCall call, CancellationToken cancellationToken)
    {
        if (call.Status == CallStatus.Denied)
        {
            return call with { Result = "The user did not allow this call. Go on without it, and do not ask for it again." };
        }

        if (call.Status is not (CallStatus.Running or CallStatus.Approved))
        {
            return call;
        }

        if (call.Status == CallStatus.Approved)
        {
            await store.BeginAsync(call.CallId, cancellationToken);
        }

        // By OpenTelemetry's GenAI conventions; never what was said.
        using var activity = ChatDiagnostics.Source.StartActivity($"execute_tool {call.Tool}", ActivityKind.Internal);
        activity?.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", call.Tool).SetTag("gen_ai.tool.call.id", call.CallId.ToString());
        var started = time.GetTimestamp();
        Tell(run, call, CallStatus.Running);
        var (status, text) = await CallAsync(run, call, cancellationToken);
        Tell(run, call, status);
        if (status == CallStatus.Failed)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        var plain = NotebookText.Clean(text);
        var shown = NotebookText.Start(plain, Limits.MaxResultCharacters);
        var duration = time.GetElapsedTime(started);
        LogCalled(logger, call.Tool ?? "(unknown)", status, (long)duration.TotalMilliseconds, plain.Length);
        using var late = new CancellationTokenSource(RecordTimeout, time);
        // It was made: that is recorded also when nobody waits for it any more.
        await store.FinishAsync(call.CallId, status, shown, plain.Length, duration, late.Token);
        cancellationToken.ThrowIfCancellationRequested();
        return call with { Status = status, Result = shown, ResultCut = plain.Length > shown.Length, DurationMs = (long)duration.TotalMilliseconds };
    }

    // A name that is no tool's is the model's own words, and may be anything.
    private static void Tell(ToolRun run, RecordedCall call, string status)
    {
        if (call.Tool is { } tool)
        {
            run.Tell(new ToolEvent(call.CallId, tool, call.Name, status));
        }
    }

    private async Task<(string Status, string Result)> CallAsync(ToolRun run, RecordedCall call, CancellationToken cancellationToken)
    {
        // Of a call that waited, another tool may have the name by now, or another manifest the tool.
        if (run.Tools.FirstOrDefault(tool => tool.Name == call.Name && tool.Key == call.Tool) is not { } tool)
        {
            return (CallStatus.Failed, "There is no tool of this name here.");
        }

        if (tool.NeedsApproval && call.Status != CallStatus.Approved)
        {
            return (CallStatus.Failed, Complaint(tool, call.Arguments, cancellationToken) ?? "It needs the user's approval.");
        }

        if (Complaint(tool, call.Arguments, cancellationToken) is { } complaint)
        {
            return (CallStatus.Failed, complaint);
        }

        if (call.Status == CallStatus.Approved && tool.ChangedAt > call.CreatedAt)
        {
            return (CallStatus.Failed, "The tool was changed after its user was asked: the approval does not hold for what it is now.");
        }

        using var limit = new CancellationTokenSource(Limits.CallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return (CallStatus.Done, await tool.CallAsync(run.Caller, call.Arguments, either.Token));
        }
        catch (OperationCanceledException)
        {
            return (CallStatus.Failed, cancellationToken.IsCancellationRequested ? "The answer was stopped." : $"It did not end within {Limits.CallTimeout.TotalSeconds:0.#} s.");
        }
        catch (ToolFailedException failure)
        {
            return (CallStatus.Failed, failure.Message);
        }
        catch (NpgsqlException failure) when (failure.IsTransient)
        {
            throw;
        }
#pragma warning disable CA1031 // A tool may reach anything; what it ran into is for the log, and ends the call, not the answer.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogBroke(logger, tool.Key, failure);
            return (CallStatus.Failed, "It failed unexpectedly.");
        }
    }

    private string? Complaint(Tool tool, JsonElement arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetRawText().Length > Limits.MaxArgumentCharacters)
        {
            return $"The arguments are longer than {Limits.MaxArgumentCharacters} characters.";
        }

        var errors = tool.Arguments.Validate(arguments, time, cancellationToken);
        return errors.Count == 0
            ? null
            : "The arguments are not valid. " + string.Join(' ', errors.Select(error => $"At {(error.InstancePath.Length == 0 ? "the root" : error.InstancePath)}: {error.Message}"));
    }

    private JsonElement Arguments(FunctionCallContent call)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));
            }

            writer.WriteEndObject();
        }

        // What is far too long is told so, and not kept.
        return json.Length > Limits.MaxArgumentCharacters * 4L ? JsonElement.Parse("{}") : JsonElement.Parse(json.GetBuffer().AsSpan(0, (int)json.Length));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Tool {Tool}: {Status} after {Milliseconds} ms, {Length} characters")]
    private static partial void LogCalled(ILogger logger, string tool, string status, long milliseconds, int length);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool} failed unexpectedly")]
    private static partial void LogBroke(ILogger logger, string tool, Exception failure);
}
