using System.Net;
using Lyceum.ServiceDefaults.Exams;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Lyceum.ServiceDefaults.Tests;

public sealed class ExamTests
{
    [Fact]
    public async Task Whoever_an_exam_binds_is_refused_while_ChatService_says_that_it_is_on()
    {
        await using var chat = await Policy.StartAsync();
        await using var service = await StartAsync(chat, askEvery: "00:00:00");

        chat.Locked = ["physics"];
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(service, TestIdentity.Student(course: "physics")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, TestIdentity.Student(course: "art & craft")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, TestIdentity.Instructor(course: "physics")));
        chat.Locked = [];
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, TestIdentity.Student(course: "physics")));
        Assert.All(chat.Callers, caller => Assert.Equal([Roles.Service], caller!.Roles));
        Assert.Contains("art & craft", chat.Asked);
    }

    [Fact]
    public async Task A_class_that_asks_at_once_is_one_question()
    {
        await using var chat = await Policy.StartAsync();
        await using var service = await StartAsync(chat, askEvery: "00:01:00");

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => AskAsync(service, TestIdentity.Student($"s{i}", "physics"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Single(chat.Asked);
    }

    [Fact]
    public async Task While_ChatService_is_away_its_last_word_counts_and_without_one_students_wait()
    {
        var chat = await Policy.StartAsync();
        await using var service = await StartAsync(chat, askEvery: "00:00:00");
        chat.Locked = ["physics"];
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(service, TestIdentity.Student(course: "physics")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, TestIdentity.Student(course: "art")));
        await chat.DisposeAsync();

        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(service, TestIdentity.Student(course: "physics")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, TestIdentity.Student(course: "art")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(service, TestIdentity.Student(course: "music")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, TestIdentity.Instructor(course: "music")));
    }

    [Fact]
    public async Task A_ChatService_that_does_not_say_is_not_asked_by_everybody()
    {
        await using var chat = await Policy.StartAsync();
        chat.IsBroken = true;
        await using var service = await StartAsync(chat, askEvery: "00:01:00");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(service, TestIdentity.Student($"s{i}", "physics")));
        }

        Assert.Single(chat.Asked);
    }

    [Fact]
    public async Task Without_a_ChatService_there_is_no_exam()
    {
        await using var service = await StartAsync(null, askEvery: "00:00:00");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, TestIdentity.Student()));
    }

    private static Task<WebApplication> StartAsync(Policy? chat, string askEvery) => SmallService.StartAsync(
        builder => builder.AddExams(),
        app => app.MapGet("/help", () => "Here you are.").ClosedInExams(),
        new("Exams:AskEvery", askEvery),
        new("services:chatservice:http:0", chat?.Address));

    private static async Task<HttpStatusCode> AskAsync(WebApplication service, CallerIdentity caller)
    {
        using var client = service.Client().As(caller);
        using var response = await client.GetAsync(new Uri("/help", UriKind.Relative));
        return response.StatusCode;
    }

    /// <summary>Speaks as ChatService does of its courses.</summary>
    private sealed class Policy : IAsyncDisposable
    {
        private WebApplication _app = null!;

        public string Address { get; private set; } = "";

        public string[] Locked { get; set; } = [];

        public bool IsBroken { get; set; }

        public List<string> Asked { get; } = [];

        public List<CallerIdentity?> Callers { get; } = [];

        public static async Task<Policy> StartAsync()
        {
            var policy = new Policy();
            policy._app = await SmallService.StartAsync(map: app => app.MapGet("/tutor/lockdown", (string course, HttpContext http) =>
            {
                lock (policy.Asked)
                {
                    policy.Asked.Add(course);
                    policy.Callers.Add(http.User.Caller());
                }

                return policy.IsBroken ? Results.Conflict() : Results.Ok(new { locked = policy.Locked.Contains(course) });
            }));
            policy.Address = policy._app.Address();
            return policy;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
