using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.ChatService.Tests.Turns;

/// <summary>What a turn leaves behind for those who look at it later: learning events, traces, what the model saw.</summary>
[Collection(SharedPostgres.Name)]
public sealed class RecordTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_turn_is_told_as_learning_events_by_pseudonym_and_without_text()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("My secret question", new { notebook_path = "Task.ipynb", cell_id = "a1", error = new { name = "NameError", value = "x" } })).Text("session_id");

        var question = await suite.Telemetry.NextEventAsync();
        Assert.Equal("TutorQuestion", question.GetProperty("type").GetString());
        Assert.Equal("learner-sam", question.GetProperty("learner").GetString());
        Assert.Equal("default", question.GetProperty("course").GetString());
        Assert.Equal("Task.ipynb", question.GetProperty("notebook").GetString());
        Assert.Equal("a1", question.GetProperty("cell").GetString());
        Assert.Equal(session, question.GetProperty("detail").GetProperty("conversation").GetString());
        Assert.Equal(18, question.GetProperty("detail").GetProperty("text_length").GetInt32());
        Assert.True(question.GetProperty("detail").GetProperty("about_error").GetBoolean());

        var answer = await suite.Telemetry.NextEventAsync();
        Assert.Equal("TutorAnswer", answer.GetProperty("type").GetString());
        Assert.Equal("stand-in:1b", answer.GetProperty("detail").GetProperty("model").GetString());
        Assert.Equal("done", answer.GetProperty("detail").GetProperty("outcome").GetString());
        Assert.True(answer.GetProperty("detail").GetProperty("duration_ms").GetInt64() >= 0);
        Assert.DoesNotContain("secret", question.GetRawText() + answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_turn_is_told_as_failed()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.SaysThenErrs("gone", "Look ");
        await suite.Student().StartAsync("Why?");

        Assert.False((await suite.Telemetry.NextEventAsync()).GetProperty("detail").GetProperty("about_error").GetBoolean());
        Assert.Equal("failed", (await suite.Telemetry.NextEventAsync()).GetProperty("detail").GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_streamed_turn_is_one_trace_from_the_caller_to_the_model_and_carries_no_text()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var trace = ActivityTraceId.CreateRandom();
        ConcurrentQueue<Activity> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Lyceum.ChatService" or "Microsoft.AspNetCore" or "System.Net.Http",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                {
                    spans.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var student = suite.Student();
        student.Http.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        await using (var stream = await student.StreamStartAsync("My secret question", new { code = "secret = 1" }))
        {
            await stream.RestAsync();
        }

        Assert.Contains(trace.ToString(), suite.Model.Last.TraceParent, StringComparison.Ordinal);
        var span = Assert.Single(spans, span => span.Source.Name == "Lyceum.ChatService");
        Assert.Equal(("chat tutor", ActivityKind.Client), (span.DisplayName, span.Kind));
        Assert.Equal("chat", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("ollama", span.GetTagItem("gen_ai.provider.name"));
        Assert.Equal("tutor", span.GetTagItem("gen_ai.request.model"));
        Assert.Equal("stand-in:1b", span.GetTagItem("gen_ai.response.model"));
        Assert.Equal(42L, span.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(7L, span.GetTagItem("gen_ai.usage.output_tokens"));
        var call = Assert.Single(spans, candidate => candidate.Source.Name == "System.Net.Http" && candidate.ParentSpanId == span.SpanId);
        Assert.Contains(call.SpanId.ToString(), suite.Model.Last.TraceParent, StringComparison.Ordinal);
        Assert.DoesNotContain(spans.SelectMany(one => one.TagObjects), tag => tag.Value is string value && value.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_model_saw_and_the_prompt_that_it_had_are_stored()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Telemetry.LastError = TelemetryStandIn.Is(new { time = DateTimeOffset.UtcNow, name = "NameError", value = "x", traceback = (string[])["\u001b[31mred\u001b[0m"] });
        await suite.Student().StartAsync("Why?", new { notebook_path = "Task.ipynb" });

        await using var database = NpgsqlDataSource.Create(suite.Settings["ConnectionStrings:chatdb"]!);
        await using var command = database.CreateCommand("SELECT q.context::text, a.prompt, a.input_tokens FROM message q JOIN message a ON a.question_id = q.id");
        await using var rows = await command.ExecuteReaderAsync();
        Assert.True(await rows.ReadAsync());

        var context = JsonElement.Parse(rows.GetString(0));
        Assert.Equal("Task.ipynb", context.GetProperty("notebook_path").GetString());
        Assert.Equal("telemetry", context.GetProperty("error_source").GetString());
        Assert.Equal("red", context.GetProperty("error").GetProperty("traceback").GetString());
        Assert.Matches("^tutor@[0-9a-f]{64}$", rows.GetString(1));
        Assert.Equal(42, rows.GetInt64(2));
    }
}
