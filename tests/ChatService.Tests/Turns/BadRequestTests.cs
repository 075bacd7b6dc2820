using System.Net;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Turns;

[Collection(SharedPostgres.Name)]
public sealed class BadRequestTests(PostgresServer postgres)
{
    public static TheoryData<string, int, string> Bodies => new()
    {
        { """{"initial_message": "Why?""", 400, "LineNumber: 0" },
        { """{"initial_message": 5}""", 400, "$.initial_message" },
        { """{"initial_message": "\ud800"}""", 400, "$.initial_message" },
        { """{"initial_message": "Why?", "context": "Task.ipynb"}""", 400, "$.context" },
        { """{"initial_message": "Why?", "context": {"error": {"name": "E", "traceback": "line"}}}""", 400, "$.context.error.traceback" },
        { "", 400, "body" },
        { "null", 400, "body" },
        { "[]", 400, "$" },
        { "{}", 422, "initial_message" },
        { """{"initial_message": null}""", 422, "initial_message" },
        { """{"initial_message": " \n"}""", 422, "initial_message" },
        { """{"initial_message": "a\u0000b"}""", 422, "initial_message" },
        { """{"initial_message": "Why?", "context": {"error": {"value": "x"}}}""", 422, "context.error.name" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_wrong_body_is_refused_with_what_is_wrong(string body, int status, string named)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();

        var reply = await student.PostTextAsync("/llm/chat/", body);

        Assert.Equal((HttpStatusCode)status, reply.Status);
        Assert.Equal("application/problem+json", reply.ContentType);
        Assert.Contains(named, reply.Text("detail"), StringComparison.Ordinal);
        Assert.Empty((await student.GetAsync("/llm/chat/sessions")).Body.GetProperty("sessions").EnumerateArray());
        Assert.Empty(suite.Model.Asked);
    }

    [Theory]
    [InlineData("initial_message", 33_000, 413, "initial_message")]
    [InlineData("notebook_path", 1025, 422, "context.notebook_path")]
    [InlineData("cell_id", 257, 422, "context.cell_id")]
    [InlineData("language", 65, 422, "context.language")]
    public async Task A_field_that_is_too_long_is_refused(string field, int length, int status, string named)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var text = new string('ä', length);

        var reply = field == "initial_message"
            ? await suite.Student().StartAsync(text)
            : await suite.Student().StartAsync("Why?", new Dictionary<string, string> { [field] = text });

        Assert.Equal((HttpStatusCode)status, reply.Status);
        Assert.Contains(named, reply.Text("detail"), StringComparison.Ordinal);
        Assert.Empty(suite.Model.Asked);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_sent()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        student.Http.DefaultRequestHeaders.ExpectContinue = true;

        var reply = await student.PostTextAsync("/llm/chat/", $$"""{"initial_message": "Why?", "context": {"code": "{{new string('x', 1_100_000)}}" } }""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.Status);
        Assert.Equal("application/problem+json", reply.ContentType);
        Assert.Contains("large", reply.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_field_is_named_where_a_client_looks_for_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("Why?")).Text("session_id");

        var reply = await suite.Student().AskAsync(session, "");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.Equal(1, reply.Body.GetProperty("errors").GetProperty("user_message").GetArrayLength());
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_a_415()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await suite.Student().PostTextAsync("/llm/chat/", "Why?", "text/plain")).Status);
    }

    [Theory]
    [InlineData("sessions/?limit=0", "limit")]
    [InlineData("sessions/?limit=many", "limit")]
    [InlineData("sessions/?before=yesterday", "before")]
    [InlineData("0198a000-0000-7000-8000-000000000000/history/?limit=1001", "limit")]
    public async Task A_wrong_query_is_a_400_that_names_it(string path, string named)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        var reply = await suite.Student().GetAsync($"/llm/chat/{path}");

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Contains(named, reply.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_event_streams_is_told_of_a_wrong_body_too()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        await using var stream = await suite.Student().StreamAsync("/llm/chat/", (int[])[1]);

        Assert.Equal(HttpStatusCode.BadRequest, stream.Response.StatusCode);
        Assert.Equal("application/problem+json", stream.Response.Content.Headers.ContentType?.MediaType);
    }
}
