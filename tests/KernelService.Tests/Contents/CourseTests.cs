using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Contents;

public sealed class CourseFixture : KernelServiceFixture, IAsyncLifetime
{
    private readonly string _courses = Directory.CreateTempSubdirectory("lyceum-courses-").FullName;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Contents:CoursesRoot", _courses)];

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        Directory.Delete(_courses, recursive: true);
    }
}

public sealed class CourseTests(CourseFixture fixture) : IClassFixture<CourseFixture>
{
    private readonly HttpClient _student = fixture.ClientOf(TestIdentity.Student("sam", "statistics"));
    private readonly HttpClient _instructor = fixture.ClientOf(TestIdentity.Instructor("ines", "statistics"));

    [Fact]
    public async Task Students_read_the_courses_folder_copy_from_it_and_change_nothing_there()
    {
        using var made = await _instructor.SaveTextAsync("course/week1.txt", "task");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        var root = (await _student.GetModelAsync(""))["content"]!.AsArray();
        Assert.False(root.Single(entry => entry!["name"]!.GetValue<string>() == "course")!["writable"]!.GetValue<bool>());
        var read = await _student.GetModelAsync("course/week1.txt");
        Assert.Equal(("task", false), (read["content"]!.GetValue<string>(), read["writable"]!.GetValue<bool>()));
        Assert.Equal("task", await _student.GetStringAsync(new Uri("/files/course/week1.txt", UriKind.Relative)));

        using var copied = await _student.PostAsJsonAsync(ContentsRest.Uri(""), new JsonObject { ["copy_from"] = "course/week1.txt" });
        var copy = await copied.JsonAsync();
        Assert.Equal(("week1.txt", true), (copy["path"]!.GetValue<string>(), copy["writable"]!.GetValue<bool>()));
        using var saved = await _student.SaveTextAsync("week1.txt", "solution");
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.Equal("task", (await _student.GetModelAsync("course/week1.txt"))["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task Every_way_to_write_in_the_courses_folder_is_closed_to_students()
    {
        using var made = await _instructor.SaveTextAsync("course/week2.txt", "task");
        using var checkpoint = await _instructor.PostAsync(ContentsRest.Uri("course/week2.txt/checkpoints"), null);
        Assert.Equal(HttpStatusCode.Created, checkpoint.StatusCode);
        using var own = await _student.SaveTextAsync("own.txt", "own");

        foreach (var attempt in new Func<Task<HttpResponseMessage>>[]
        {
            () => _student.SaveTextAsync("course/week2.txt", "spoilt"),
            () => _student.SaveAsync("course/folder", new JsonObject { ["type"] = "directory" }),
            () => _student.PostAsJsonAsync(ContentsRest.Uri("course"), new JsonObject { ["type"] = "file" }),
            () => _student.PostAsJsonAsync(ContentsRest.Uri("course"), new JsonObject { ["copy_from"] = "own.txt" }),
            () => _student.PatchAsJsonAsync(ContentsRest.Uri("course/week2.txt"), new JsonObject { ["path"] = "mine.txt" }),
            () => _student.PatchAsJsonAsync(ContentsRest.Uri("own.txt"), new JsonObject { ["path"] = "course/own.txt" }),
            () => _student.DeleteAsync(ContentsRest.Uri("course/week2.txt")),
            () => _student.PostAsync(ContentsRest.Uri("course/week2.txt/checkpoints"), null),
            () => _student.PostAsync(ContentsRest.Uri("course/week2.txt/checkpoints/checkpoint"), null),
            () => _student.DeleteAsync(ContentsRest.Uri("course/week2.txt/checkpoints/checkpoint")),
        })
        {
            using var refused = await attempt();
            Assert.Contains("read-only", await refused.AssertErrorAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
        }

        using var whole = await _instructor.DeleteAsync(ContentsRest.Uri("course"));
        await whole.AssertErrorAsync(HttpStatusCode.BadRequest);
        using var outside = await _student.GetRawAsync("/api/contents/course/..%2f..%2fetc/passwd");
        Assert.NotEqual(HttpStatusCode.OK, outside.StatusCode);
    }

    [Fact]
    public async Task Students_of_another_course_see_nothing_of_it()
    {
        using var made = await _instructor.SaveTextAsync("course/week3.txt", "task");
        using var other = fixture.ClientOf(TestIdentity.Student("olga", "physics"));
        using var response = await other.GetAsync(ContentsRest.Uri("course/week3.txt"));
        await response.AssertErrorAsync(HttpStatusCode.NotFound);
    }
}
