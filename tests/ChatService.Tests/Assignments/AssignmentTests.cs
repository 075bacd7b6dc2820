using System.Net;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Assignments;

[Collection(SharedPostgres.Name)]
public sealed class AssignmentTests(PostgresServer postgres)
{
    private static readonly object Body = new { title = "Week 1", path_pattern = "week-1/*.ipynb", description = "Load it.", reference_solution = "df = load()" };

    [Fact]
    public async Task An_assignment_is_made_read_changed_and_deleted()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var instructor = suite.Instructor();

        var made = await instructor.PostAsync($"{Teaching.Course}/assignments", Body);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var path = $"{Teaching.Course}/assignments/{made.Text("id")}";
        Assert.Equal("df = load()", (await instructor.GetAsync(path)).Text("reference_solution"));

        var changed = await instructor.SendAsync(HttpMethod.Put, path, new { title = "Week 1b", path_pattern = "**/*.ipynb", policy = new { max_hint_level = 2 } });
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal("""{"max_hint_level":2,"show_code":true,"lockdown":false}""", changed.Body.GetProperty("policy").GetRawText());
        var listed = Assert.Single((await instructor.GetAsync($"{Teaching.Course}/assignments")).Body.GetProperty("assignments").EnumerateArray());
        Assert.Equal(("Week 1b", JsonValueKind.Null), (listed.GetProperty("title").GetString(), listed.GetProperty("reference_solution").ValueKind));

        Assert.Equal(HttpStatusCode.NoContent, (await instructor.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await instructor.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_with_who_made_it_and_without_the_solution()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var instructor = suite.Instructor();
        await suite.SetPolicyAsync(new { show_code = false });
        await suite.SetPolicyAsync(new { lockdown = true });
        var made = await instructor.PostAsync($"{Teaching.Course}/assignments", Body);
        await instructor.SendAsync(HttpMethod.Delete, $"{Teaching.Course}/assignments/{made.Text("id")}");

        var page = await instructor.GetAsync($"{Teaching.Course}/audit?limit=3");
        var rest = await instructor.GetAsync($"{Teaching.Course}/audit?limit=3&before={page.Text("next")}");

        var changes = page.Body.GetProperty("changes").EnumerateArray().Concat(rest.Body.GetProperty("changes").EnumerateArray()).ToArray();
        Assert.Equal(["deleted", "created", "changed", "created"], changes.Select(change => change.GetProperty("action").GetString()));
        Assert.All(changes, change => Assert.Equal("account-ines", change.GetProperty("actor").GetString()));
        Assert.False(changes[2].GetProperty("before").GetProperty("show_code").GetBoolean());
        Assert.True(changes[2].GetProperty("after").GetProperty("lockdown").GetBoolean());
        Assert.StartsWith("sha256:", changes[1].GetProperty("after").GetProperty("reference_solution").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("load()", page.Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, rest.Body.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task The_closest_pattern_decides_and_a_policy_of_its_own_comes_before_the_courses()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.SetPolicyAsync(new { max_hint_level = 3 });
        await suite.AssignAsync("week-1/*", new { max_hint_level = 2 });
        await suite.AssignAsync("week-1/exam?.ipynb", new { lockdown = true });
        await suite.AssignAsync("**/free/**");

        Assert.Equal((2, false), await InForceAsync("week-1/Task.ipynb"));
        Assert.Equal((4, true), await InForceAsync("Week-1/exam2.ipynb"));
        Assert.Equal((3, false), await InForceAsync("a/b/free/c/d.ipynb"));
        Assert.Equal((3, false), await InForceAsync("week-1/more/Task.ipynb"));
        // It may be about the locked one.
        Assert.Equal((3, true), await InForceAsync(null));

        async Task<(int, bool)> InForceAsync(string? notebook)
        {
            var reply = await suite.Student().GetAsync(notebook is null ? "/tutor/policy" : $"/tutor/policy?notebook_path={Uri.EscapeDataString(notebook)}");
            var policy = reply.Body.GetProperty("policy");
            return (policy.GetProperty("max_hint_level").GetInt32(), policy.GetProperty("lockdown").GetBoolean());
        }
    }

    [Fact]
    public async Task Only_instructors_of_the_course_and_the_owner_see_and_change_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("*", solution: "secret");
        var owner = suite.As(new CallerIdentity("account-olga", "olga", "learner-olga", "other", [Roles.Owner, Roles.Instructor]));

        foreach (var path in (string[])["assignments", "policy", "audit", "turns"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await suite.Student().GetAsync($"{Teaching.Course}/{path}")).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await suite.As(TestIdentity.Instructor(course: "other")).GetAsync($"{Teaching.Course}/{path}")).Status);
            Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync($"{Teaching.Course}/{path}")).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await suite.Student().SendAsync(HttpMethod.Put, $"{Teaching.Course}/policy", new { max_hint_level = 4 })).Status);
        Assert.Equal("""{"assignment":"Week 1","policy":{"max_hint_level":4,"show_code":true,"lockdown":false}}""", (await suite.Student().GetAsync("/tutor/policy?notebook_path=a.ipynb")).Body.GetRawText());
    }

    [Theory]
    [InlineData("title", """{"path_pattern": "*"}""")]
    [InlineData("path_pattern", """{"title": "T", "path_pattern": " "}""")]
    [InlineData("policy.max_hint_level", """{"title": "T", "path_pattern": "*", "policy": {"max_hint_level": 5}}""")]
    [InlineData("reference_solution", """{"title": "T", "path_pattern": "*", "reference_solution": "a\u0000b"}""")]
    public async Task A_wrong_assignment_is_a_422_that_names_the_field(string field, string body)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        var reply = await suite.Instructor().PostTextAsync($"{Teaching.Course}/assignments", body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.True(reply.Body.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Two_assignments_of_a_course_cannot_have_one_pattern()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("*");

        var second = await suite.Instructor().PostAsync($"{Teaching.Course}/assignments", new { title = "T", path_pattern = "*" });

        Assert.Equal(HttpStatusCode.Conflict, second.Status);
    }
}
