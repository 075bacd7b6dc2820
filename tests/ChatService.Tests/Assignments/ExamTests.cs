using System.Net;
using Lyceum.ChatService.Tests.CodeGeneration;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Assignments;

[Collection(SharedPostgres.Name)]
public sealed class ExamTests(PostgresServer postgres)
{
    [Fact]
    public async Task In_an_exam_no_model_works_for_a_student_and_those_who_hold_it_go_on()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Writes("```python\ndef double(n):\n    return n + n\n```");
        var session = await suite.Student().GenerateAsync();
        var asked = suite.Model.Asked.Count;
        await suite.SetPolicyAsync(new { lockdown = true });

        (string Path, object Body)[] closed =
        [
            ("/codegen/generate", CodeSuite.Task()), ("/codegen/adjust", new { }), ($"{session}/snippets/1/test", new { }), ("/llm/structured", new { }), ("/llm/actions", new { }),
        ];
        foreach (var (path, body) in closed)
        {
            var refused = await suite.Student().PostAsync(path, body);
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, refused.Status));
            Assert.Contains("exam", refused.Text("detail"), StringComparison.Ordinal);
        }

        Assert.Equal(asked, suite.Model.Asked.Count);
        // What was written before the exam stays the student's to read; another course is not in the exam.
        Assert.Equal(HttpStatusCode.OK, (await suite.Student().GetAsync(session)).Status);
        Assert.Equal(HttpStatusCode.OK, (await suite.As(TestIdentity.Student("bo", "other")).PostAsync("/codegen/generate", CodeSuite.Task())).Status);
        Assert.Equal(HttpStatusCode.OK, (await suite.Instructor().PostAsync("/codegen/generate", CodeSuite.Task())).Status);
        await suite.SetPolicyAsync(new { lockdown = false });
        Assert.Equal(HttpStatusCode.OK, (await suite.Student().PostAsync("/codegen/generate", CodeSuite.Task())).Status);
    }

    [Fact]
    public async Task Other_services_are_told_of_a_course_and_of_a_notebook_and_nobody_else_is()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var service = suite.As(TestIdentity.Service());
        await suite.AssignAsync("exam/*", new { lockdown = true });

        Assert.False(await LockedAsync("course=default"));
        Assert.True(await LockedAsync("course=default&notebook_path=exam/a.ipynb"));
        Assert.False(await LockedAsync("course=default&notebook_path=week-1/a.ipynb"));
        // It may be about the locked one.
        Assert.True(await LockedAsync("course=default&notebook_path="));
        await suite.SetPolicyAsync(new { lockdown = true });
        Assert.True(await LockedAsync("course=default"));
        Assert.True(await LockedAsync("course=default&notebook_path=week-1/a.ipynb"));
        Assert.False(await LockedAsync("course=other"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.GetAsync("/tutor/lockdown")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await suite.Student().GetAsync("/tutor/lockdown?course=default")).Status);

        async Task<bool> LockedAsync(string query)
        {
            var reply = await service.GetAsync($"/tutor/lockdown?{query}");
            Assert.Equal(HttpStatusCode.OK, reply.Status);
            return reply.Body.GetProperty("locked").GetBoolean();
        }
    }
}
