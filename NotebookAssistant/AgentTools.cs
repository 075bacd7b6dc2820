using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>
/// What the tutor may do in a kernel while it answers a question there. The student sees each of it: a thought says what is done, code
/// appears as a cell below the question, and its outputs come as the question's.
/// </summary>
internal sealed class AgentTools(
    string language, KernelQuestions questions, KernelCheckpoints checkpoints, AssistantPublisher publisher, AssistantOptions options, TimeProvider time)
{
    private static readonly JsonElement Empty = JsonElement.Parse("{}");
    private static readonly TimeSpan InterruptTime = TimeSpan.FromSeconds(5);

    /// <summary>Runs code in the kernel, where what it defines stays.</summary>
    public async Task<AgentRun> RunAsync(AssistantRequest question, string code, CancellationToken cancellationToken)
    {
        var kernel = question.Kernel;
        var content = JsonElement.Parse(new JsonObject
        {
            ["code"] = code,
            ["silent"] = false,
            ["store_history"] = false,
            ["user_expressions"] = new JsonObject(),
            ["allow_stdin"] = false,
            ["stop_on_error"] = false,
        }.ToJsonString());
        if (!await kernel.IsSoonIdleAsync(time, cancellationToken))
        {
            return new AgentRun("busy", "", Cut: false, null);
        }

        Think(question, "run_code", new JsonObject { ["code"] = code });
        var header = new JsonObject { ["msg_type"] = "execute_request" };
        foreach (var field in JsonElement.Parse(question.Header.Span).EnumerateObject().Where(field => field.Name != "msg_type"))
        {
            header[field.Name] = JsonNode.Parse(field.Value.GetRawText());
        }

        var checkpoint = options.CheckpointRuns && checkpoints.AreAllowed ? (await checkpoints.AddAsync(kernel, cancellationToken)).Index : null;
        publisher.Publish(
            question,
            "add_child_codecell",
            new ChildCodeCell(
                "code_cell", language, code, Autoexecute: true, new ExecuteRequestMessage(JsonElement.Parse(header.ToJsonString()), Empty, Empty, content), checkpoint),
            AssistantJson.Default.ChildCodeCell);
        var output = new AgentOutput();
        var status = await ExecuteAsync(question, JsonSerializer.SerializeToUtf8Bytes(content, AssistantJson.Default.JsonElement), output, cancellationToken);
        var run = output.ToRun(status ?? "busy");
        Observe(question, "run_code", run.Status == "ok" ? run.Output : $"{run.Status}\n{run.Output}");
        return run;
    }

    /// <summary>A variable; null when the kernel has none of that name or does not say.</summary>
    public async Task<AgentValue?> VariableAsync(AssistantRequest question, string name, CancellationToken cancellationToken)
    {
        Think(question, "show_variable", new JsonObject { ["name"] = name });
        var all = await questions.VariablesAsync(question.Kernel, language, cancellationToken);
        var value = all.LastOrDefault(variable => variable.Name == name) is { } found ? new AgentValue(found.Name, found.Type, found.Value) : null;
        Observe(question, "show_variable", value is null ? "The kernel shows no such variable." : $"{value.Type} {value.Value}");
        return value;
    }

    /// <summary>The columns of a table; null when the kernel has none of that name or does not say.</summary>
    public async Task<AgentColumns?> ColumnsAsync(AssistantRequest question, string name, CancellationToken cancellationToken)
    {
        const int Examples = 5;
        Think(question, "show_columns", new JsonObject { ["name"] = name });
        if (await questions.PreviewAsync(question.Kernel, language, name, cancellationToken) is not { } table)
        {
            Observe(question, "show_columns", "The kernel shows no such table.");
            return null;
        }

        Observe(question, "show_columns", string.Join(", ", table.Headers));
        var rows = table.Csv.Skip(1).Take(Examples).Where(row => row.ValueKind == JsonValueKind.Array && row.GetArrayLength() == table.Headers.Count).ToArray();
        return new AgentColumns(name, [.. table.Headers.Select((header, i) => new AgentColumn(header.ToString(), [.. rows.Select(row => row[i])]))]);
    }

    /// <summary>Puts a cell into the notebook, for the student to run or not.</summary>
    public void Propose(AssistantRequest question, string code)
    {
        Think(question, "propose_cell", new JsonObject { ["code"] = code });
        publisher.Publish(question, "code_cell", new CodeCell(language, code), AssistantJson.Default.CodeCell);
    }

    private void Think(AssistantRequest question, string tool, JsonObject input) =>
        publisher.Publish(question, "llm_thought", new LlmThought("", tool, JsonElement.Parse(input.ToJsonString())), AssistantJson.Default.LlmThought);

    private void Observe(AssistantRequest question, string tool, string observation) =>
        publisher.Publish(question, "llm_observation", new LlmObservation(observation, tool), AssistantJson.Default.LlmObservation);

    /// <summary>How it ended; null when the kernel did not take it.</summary>
    private async Task<string?> ExecuteAsync(AssistantRequest question, byte[] content, AgentOutput output, CancellationToken cancellationToken)
    {
        var kernel = question.Kernel;
        kernel.Touch();
        var begun = false;
        var running = kernel.AskAsync("execute_request", content, Show, CancellationToken.None);
        try
        {
            try
            {
                return StatusOf(await running.WaitAsync(options.RunTimeout, time, cancellationToken));
            }
            catch (TimeoutException)
            {
                return await StopAsync() ? "timeout" : null;
            }
            catch (OperationCanceledException)
            {
                await StopAsync();
                throw;
            }
        }
        finally
        {
            kernel.Touch();
        }

        // The student's own execution, for all that it shows, is the question.
        void Show(JupyterMessage message)
        {
            begun = true;
            if (JupyterHeader.TryParse(message.Header.Span, out var header) && header.MsgType != "execute_input")
            {
                output.Add(header.MsgType, message);
                publisher.PassOn(message with { ParentHeader = question.Header });
            }
        }

        async Task<bool> StopAsync()
        {
            if (begun)
            {
                // Before, what runs is a cell of the student's that came in between.
                await kernel.InterruptCodeAsync(CancellationToken.None);
            }

            try
            {
                return await running.WaitAsync(InterruptTime, time, CancellationToken.None) is not null;
            }
            catch (TimeoutException)
            {
                // It does not heed the interrupt; what it still puts out is shown, for the question was the student's.
                return true;
            }
        }
    }

    private static string? StatusOf(JupyterMessage? reply)
    {
        try
        {
            // For a moment after a cell has failed, ipykernel aborts whatever it is asked next.
            return reply is null ? null : (string?)JsonNode.Parse(reply.Content.Span)?["status"] switch { "ok" => "ok", "aborted" => "busy", _ => "error" };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return "error";
        }
    }
}
