extern alias modelhost;

using System.Net;
using System.Net.Http.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ChatService.Tests.Structured;

[Collection(SharedPostgres.Name)]
public sealed class StructuredTests(PostgresServer postgres)
{
    private static readonly object Schema = new
    {
        type = "object",
        properties = new { topic = new { @enum = (string[])["loops", "types"] }, level = new { type = "integer", minimum = 1, maximum = 3 } },
        required = (string[])["topic", "level"],
        additionalProperties = false,
    };

    [Fact]
    public async Task An_answer_that_is_valid_is_the_body()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.Says("""{"topic":"loops",""", """ "level":2}""");

        using var response = await PostAsync(suite, Ask("What is this about?"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("""{"topic":"loops", "level":2}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("stand-in:1b", response.Headers.GetValues("X-Lyceum-Model").Single());
        Assert.Equal("1", response.Headers.GetValues("X-Lyceum-Attempts").Single());
        var asked = suite.Model.Last;
        Assert.Equal("object", asked.Body.GetProperty("format").GetProperty("type").GetString());
        Assert.Equal("tutor", asked.Body.GetProperty("model").GetString());
        Assert.Equal(["system", "user"], asked.Roles);
        Assert.Contains("\"loops\"", Assert.Single(asked.Contents("system")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_among_words_is_found()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        foreach (var answer in (string[])["```json\n{\"topic\":\"types\",\"level\":1}\n```", "Here you are: {\"topic\":\"types\",\"level\":1} That is all."])
        {
            suite.Model.Answer = ModelHostStandIn.Says(answer);
            Assert.Equal("types", (await suite.Student().PostAsync("/llm/structured", Ask("?"))).Text("topic"));
        }
    }

    [Fact]
    public async Task A_wrong_answer_is_shown_to_the_model_with_its_errors()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = InTurn("I do not know.", """{"topic":"loops","level":7}""", """{"topic":"loops","level":3}""");

        using var response = await PostAsync(suite, Ask("What is this about?"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("3", response.Headers.GetValues("X-Lyceum-Attempts").Single());
        Assert.Equal(3, suite.Model.Asked.Count);
        Assert.Contains("not JSON", suite.Model.Asked.ElementAt(1).Question, StringComparison.Ordinal);
        Assert.Equal("""{"topic":"loops","level":7}""", suite.Model.Last.Contents("assistant").Single());
        Assert.Contains("at /level: It must be at most 3.", suite.Model.Last.Question, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stays_wrong_is_a_422_with_the_errors()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Structured:MaxRepairs", "1"));
        suite.Model.Answer = ModelHostStandIn.Says("""{"topic":"loops","level":"2"}""");

        var reply = await suite.Student().PostAsync("/llm/structured", Ask("?"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.Equal("urn:lyceum:structured:invalid", reply.Text("type"));
        Assert.Equal(2, suite.Model.Asked.Count);
        var error = reply.Body.GetProperty("errors")[0];
        Assert.Equal("/level", error.GetProperty("instance_path").GetString());
        Assert.Equal("/properties/level/type", error.GetProperty("keyword_location").GetString());
        Assert.Contains("\"2\"", reply.Text("answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_takes_no_format_is_asked_without_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = context => suite.Model.Last.Body.TryGetProperty("format", out _)
            ? ModelHostStandIn.Refuses(400, "this model does not support structured output")(context)
            : ModelHostStandIn.Says("""{"topic":"loops","level":1}""")(context);

        using var response = await PostAsync(suite, Ask("?"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("X-Lyceum-Attempts").Single());
    }

    [Fact]
    public async Task A_models_failure_is_told_by_the_status()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Structured:Timeout", "00:00:01"));
        var student = suite.Student();

        suite.Model.Answer = ModelHostStandIn.Refuses(404, "model 'x' not found");
        Assert.Equal(HttpStatusCode.NotFound, (await student.PostAsync("/llm/structured", Ask("?"))).Status);
        suite.Model.Answer = ModelHostStandIn.Refuses(503, "the queue is full");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await student.PostAsync("/llm/structured", Ask("?"))).Status);
        suite.Model.Answer = ModelHostStandIn.SaysThenErrs("out of memory", "{");
        Assert.Equal(HttpStatusCode.BadGateway, (await student.PostAsync("/llm/structured", Ask("?"))).Status);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "{");
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await student.PostAsync("/llm/structured", Ask("?"))).Status);
        await held.CallerGone.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_wrong_body_is_told_where()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        (string Body, int Status, string Place)[] wrong =
        [
            ("""{"messages":[{"role":"user","content":"a"}]}""", 400, "schema"),
            ("""{"schema":{"type":"text"},"messages":[{"role":"user","content":"a"}]}""", 400, "/type"),
            ("""{"schema":{"properties":{"a":{"propertys":{}}}},"messages":[{"role":"user","content":"a"}]}""", 400, "/properties/a/propertys"),
            ("""{"schema":{"title":"\ud800"},"messages":[{"role":"user","content":"a"}]}""", 400, "Unicode"),
            ("""{"schema":true}""", 422, "messages"),
            ("""{"schema":true,"messages":[null]}""", 422, "messages[0]"),
            ("""{"schema":true,"messages":[{"role":"tool","content":"a"}]}""", 422, "messages[0].role"),
            ("""{"schema":true,"messages":[{"role":"user","content":" "}]}""", 422, "messages[0].content"),
            ("""{"schema":true,"messages":[{"role":"assistant","content":"a"}]}""", 422, "messages[0].role"),
            ("""{"schema":true,"messages":[{"role":"user","content":"a"}],"model":"a\r\nb"}""", 422, "model"),
            ("""{"schema":true,"messages":"a"}""", 400, "messages"),
            ("""[]""", 400, "body"),
        ];

        foreach (var (body, status, place) in wrong)
        {
            var reply = await suite.Student().PostTextAsync("/llm/structured", body);
            Assert.Equal(status, (int)reply.Status);
            Assert.Contains(place, reply.Text("detail"), StringComparison.Ordinal);
        }

        Assert.Empty(suite.Model.Asked);
    }

    [Fact]
    public async Task The_real_engine_is_held_to_the_schema_through_ModelHost()
    {
        await using var node = await EngineNode.StartAsync();
        await using var models = await new ServiceUnderTest<modelhost::Program>(
            [new("Nodes:0", node.Address.ToString()), new("Aliases:tutor", "tiny")]).StartedAsync();
        using var address = models.CreateClient();
        await using var suite = await ChatSuite.StartAsync(postgres, ("services:modelhost:http:0", address.BaseAddress!.ToString()));
        // Without free text, which a model of this size does not always end.
        var schema = new
        {
            type = "object",
            properties = new { topic = new { @enum = (string[])["loops", "types"] }, urgent = new { type = "boolean" } },
            required = (string[])["topic", "urgent"],
            additionalProperties = false,
        };

        using var response = await PostAsync(suite, new { schema, messages = new[] { new { role = "user", content = "My loop does not end." } } });

        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.StartsWith("tiny", response.Headers.GetValues("X-Lyceum-Model").Single(), StringComparison.Ordinal);
        Assert.Contains("topic", text, StringComparison.Ordinal);
    }

    private static object Ask(string question) => new { schema = Schema, messages = new[] { new { role = "user", content = question } } };

    private static Task<HttpResponseMessage> PostAsync(ChatSuite suite, object body) => suite.Student().Http.PostAsJsonAsync("/llm/structured", body);

    private static Func<HttpContext, Task> InTurn(params string[] answers)
    {
        var next = -1;
        return context => ModelHostStandIn.Says(answers[Interlocked.Increment(ref next)])(context);
    }
}
