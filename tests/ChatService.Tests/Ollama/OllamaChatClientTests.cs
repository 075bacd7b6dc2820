using System.Text;
using System.Text.Json;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.ChatService.Tests.Ollama;

[Collection(SharedPostgres.Name)]
public sealed class OllamaChatClientTests(PostgresServer postgres)
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hello")];

    [Fact]
    public async Task Options_messages_and_formats_are_said_in_Ollamas_words()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var schema = JsonElement.Parse("""{"type":"object"}""");
        ChatMessage[] messages =
        [
            new(ChatRole.User, [new TextContent("What is "), new TextContent("this?"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")]),
            new(ChatRole.Assistant, [new TextReasoningContent("hmm"), new TextContent("A cat.")]),
            new(ChatRole.User, "Sure?"),
        ];

        await Client(suite).GetResponseAsync(messages, new ChatOptions
        {
            ModelId = "m",
            Instructions = "Be brief.",
            Temperature = 0.5f,
            TopP = 0.25f,
            TopK = 3,
            Seed = 4,
            MaxOutputTokens = 5,
            FrequencyPenalty = 0.75f,
            PresencePenalty = 1.5f,
            StopSequences = ["END"],
            ResponseFormat = ChatResponseFormat.ForJsonSchema(schema),
        });

        var expected = JsonElement.Parse("""
            {
              "model": "m",
              "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "What is this?", "images": ["AQID"]},
                {"role": "assistant", "content": "A cat.", "thinking": "hmm"},
                {"role": "user", "content": "Sure?"}
              ],
              "stream": true,
              "format": {"type": "object"},
              "options": {"temperature": 0.5, "top_p": 0.25, "top_k": 3, "seed": 4, "num_predict": 5, "frequency_penalty": 0.75, "presence_penalty": 1.5, "stop": ["END"]}
            }
            """);
        Assert.True(JsonElement.DeepEquals(expected, suite.Model.Last.Body), suite.Model.Last.Body.GetRawText());
    }

    [Fact]
    public async Task What_is_not_asked_for_is_not_said()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        await Client(suite).GetResponseAsync(Hello, new ChatOptions { ModelId = "m", ResponseFormat = ChatResponseFormat.Json });

        Assert.Equal("json", suite.Model.Last.Body.GetProperty("format").GetString());
        Assert.False(suite.Model.Last.Body.TryGetProperty("options", out _));
    }

    [Fact]
    public async Task An_answer_has_text_thinking_usage_model_and_the_reason_why_it_ended()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = context => context.Response.WriteAsync("""
            {"model":"m:1b","created_at":"2026-01-02T03:04:05Z","message":{"role":"assistant","content":"","thinking":"hmm"},"done":false}

            {"model":"m:1b","message":{"role":"assistant","content":"A cat."},"done":false}
            {"model":"m:1b","message":{"role":"assistant","content":""},"done":true,"done_reason":"length","prompt_eval_count":3,"eval_count":2,"unheard_of":{}}
            """);

        var response = await Client(suite).GetResponseAsync(Hello, new ChatOptions { ModelId = "m" });

        Assert.Equal("A cat.", response.Text);
        Assert.Equal("hmm", response.Messages[0].Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Equal("m:1b", response.ModelId);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal((3, 2, 5), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount, response.Usage?.TotalTokenCount));
    }

    [Fact]
    public async Task The_model_behind_an_alias_is_the_one_that_ModelHost_names()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = async context =>
        {
            context.Response.Headers["X-Lyceum-Model"] = "qwen3:32b";
            await ModelHostStandIn.Says("A cat.")(context);
        };

        Assert.Equal("qwen3:32b", (await Client(suite).GetResponseAsync(Hello, new ChatOptions { ModelId = "tutor" })).ModelId);
    }

    [Fact]
    public async Task Lines_are_put_together_from_whatever_pieces_they_come_in()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var answer = Encoding.UTF8.GetBytes("""{"message":{"content":"Grüße \ud83d\ude00"},"done":false}""" + "\r\n" + """{"done":true}""");
        suite.Model.Answer = async context =>
        {
            foreach (var piece in answer.Chunk(1))
            {
                await context.Response.Body.WriteAsync(piece);
                await context.Response.Body.FlushAsync();
            }
        };

        Assert.Equal("Grüße \U0001F600", (await Client(suite).GetResponseAsync(Hello, new ChatOptions { ModelId = "m" })).Text);
    }

    [Fact]
    public async Task A_line_without_end_is_given_up()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = async context =>
        {
            var piece = new byte[64 * 1024];
            Array.Fill(piece, (byte)' ');
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            }
        };

        var failure = await Assert.ThrowsAsync<ModelException>(() => Client(suite).GetResponseAsync(Hello, new ChatOptions { ModelId = "m" }));

        Assert.Equal(ModelFailure.Broke, failure.Failure);
    }

    [Fact]
    public async Task Tools_calls_and_results_are_said_and_understood_in_Ollamas_words()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = context => context.Response.WriteAsync("""
            {"message":{"role":"assistant","content":"","tool_calls":[{"id":"call_1","function":{"name":"add","arguments":{"a":1,"b":[2,null]}}},{"function":{"name":"none","arguments":"?"}}]},"done":false}
            {"message":{"role":"assistant","content":""},"done":true}
            """);
        var schema = JsonElement.Parse("""{"type":"object","properties":{"a":{"type":"integer"}}}""");
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Add."),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "add", new Dictionary<string, object?> { ["a"] = JsonElement.Parse("1"), ["b"] = "x" })]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "2")]) { AuthorName = "add" },
        ];

        var response = await Client(suite).GetResponseAsync(messages, new ChatOptions { ModelId = "m", Tools = [AIFunctionFactory.CreateDeclaration("add", "Adds.", schema)] });

        var expected = JsonElement.Parse("""
            {
              "model": "m",
              "messages": [
                {"role": "user", "content": "Add."},
                {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "add", "arguments": {"a": 1, "b": "x"}}}]},
                {"role": "tool", "content": "2", "tool_name": "add"}
              ],
              "stream": true,
              "tools": [{"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}}]
            }
            """);
        Assert.True(JsonElement.DeepEquals(expected, suite.Model.Last.Body), suite.Model.Last.Body.GetRawText());
        var calls = response.Messages[0].Contents.OfType<FunctionCallContent>().ToArray();
        Assert.Equal(("call_1", "add", """{"a":1,"b":[2,null]}"""), (calls[0].CallId, calls[0].Name, JsonSerializer.Serialize(calls[0].Arguments)));
        Assert.Equal(("none", 0), (calls[1].Name, calls[1].Arguments!.Count));
    }

    [Fact]
    public async Task A_tool_that_is_no_function_is_refused_rather_than_forgotten()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        await Assert.ThrowsAsync<NotSupportedException>(() => Client(suite).GetResponseAsync(Hello, new ChatOptions { ModelId = "m", Tools = [new HostedWebSearchTool()] }));
    }

    private static IChatClient Client(ChatSuite suite) => suite.Service.Services.GetRequiredService<IChatClient>();
}
