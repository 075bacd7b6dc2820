using System.Net;
using Lyceum.AspireLocal.Running;

namespace Lyceum.AspireLocal.Tests.Dashboard;

public sealed class ResourcePagesTests
{
    [Fact]
    public async Task Secrets_are_masked_wherever_they_come_from()
    {
        var builder = TestApplication.NewBuilder();
        var password = builder.AddParameter("password", "hunter2-hunter2", secret: true);
        var database = builder.AddConnectionString("appdb", ReferenceExpression.Create($"Host=localhost;Password={password}"));
        builder.AddSample("api")
            .WithReference(database)
            .WithEnvironment("HARMLESS", password)
            .WithEnvironment("IN_AN_ADDRESS", ReferenceExpression.Create($"https://user:{password:uri}@host"))
            .WithEnvironment("SOME_TOKEN", "plain-text-token")
            .WithEnvironment("VISIBLE", "shown");
        await using var app = await TestApplication.StartAsync(builder);
        await app.SignInAsync();

        var page = await app.Dashboard.GetStringAsync("/resources/api");

        Assert.Contains("ConnectionStrings__appdb", page, StringComparison.Ordinal);
        Assert.Contains("IN_AN_ADDRESS", page, StringComparison.Ordinal);
        Assert.Contains("shown", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", page, StringComparison.Ordinal);
        Assert.DoesNotContain("plain-text-token", page, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Server.OtlpKey, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resources_are_listed_with_state_endpoint_and_reason()
    {
        var builder = TestApplication.NewBuilder();
        var api = builder.AddSample("api");
        builder.AddExecutable("broken", "sh", ".", "-c", "echo no such luck >&2; exit 9");
        await using var app = await TestApplication.StartAsync(builder);
        await app.SignInAsync();
        await app.ReadyAsync("api");
        await Eventually.Is(() => app["broken"].State, state => state is ResourceState.FailedToStart or ResourceState.Exited);

        var page = await app.Dashboard.GetStringAsync("/");

        Assert.Contains(api.GetEndpoint("http").Url, page, StringComparison.Ordinal);
        Assert.Contains("exited with code 9: no such luck", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Console_lines_are_shown_as_text_not_as_markup()
    {
        var builder = TestApplication.NewBuilder();
        builder.AddExecutable("talker", "sh", ".", "-c", "echo '<script>alert(1)</script>'; sleep 600");
        await using var app = await TestApplication.StartAsync(builder);
        await app.SignInAsync();

        var page = await Eventually.Answers(() => app.Dashboard.GetStringAsync("/console?resource=talker"), html => html.Contains("alert(1)", StringComparison.Ordinal));

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_can_be_stopped_and_started_from_its_page()
    {
        var builder = TestApplication.NewBuilder();
        builder.AddSample("api");
        await using var app = await TestApplication.StartAsync(builder);
        await app.SignInAsync();
        await app.ReadyAsync("api");

        await CommandAsync("stop");
        Assert.Equal(ResourceState.Stopped, app["api"].State);

        await CommandAsync("start");
        await Eventually.Is(() => app["api"].State, state => state == ResourceState.Running);

        async Task CommandAsync(string command)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/resources/api/{command}");
            request.Headers.Add("Origin", app.Server.Url);
            using var answer = await app.Dashboard.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task An_unknown_resource_answers_404()
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());
        await app.SignInAsync();

        using var answer = await app.Dashboard.GetAsync("/resources/nobody");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
