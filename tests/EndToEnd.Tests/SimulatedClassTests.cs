using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ClassSimulation;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Lyceum.EndToEnd.Tests;

/// <summary>A class of 500, in a suite of its own, since it is in everybody's view.</summary>
public sealed class SimulatedClassTests(Browser browser) : IClassFixture<Browser>
{
    private const int Students = 500;

    [Fact]
    public async Task Five_hundred_students_are_seen_at_work_and_what_one_of_them_does_appears_without_reloading()
    {
        await using var suite = await Suite.StartAsync();
        using var simulated = new SimulatedClass(suite.Gateway, suite.Token, Students);
        await simulated.EnrolAsync();
        var page = await browser.OpenAsync(suite, suite.Token);
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync($"{suite.Gateway}class");

        // Ten seconds of a class that works ten times as fast.
        var outcome = await simulated.RunAsync(TimeSpan.FromSeconds(10), haste: 10, TimeProvider.System);
        Assert.Equal(0, outcome.Refused);
        Assert.True(outcome.Events > Students, $"{outcome}");

        var rows = page.GetByTestId("learner-row");
        await Expect(rows).ToHaveCountAsync(Students);
        await Expect(page.GetByTestId("heat-map").Locator("canvas")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("exercise").First).ToContainTextAsync($"/ {Students}");
        await Expect(page.GetByTestId("questions")).ToContainTextAsync("executive");
        await Expect(page.GetByTestId("error-item").First).ToBeVisibleAsync();
        await Expect(rows.First).ToHaveAttributeAsync("data-state", "stuck");

        // One more student than there were, and stuck at once.
        var name = $"Late {Guid.NewGuid():N}";
        using (var student = suite.Client(await suite.CreateStudentAsync(name)))
        {
            var now = TimeProvider.System.GetUtcNow();
            using var stored = await student.PostAsJsonAsync("/telemetry/events", new
            {
                events = Enumerable.Range(0, 3).Select(i => new
                {
                    id = Guid.CreateVersion7(),
                    time = now.AddSeconds(i - 3),
                    type = "CellExecute",
                    notebook = "own.ipynb",
                    cell = "c",
                    detail = new { success = false, code = "lost()", error = new { name = "LostError", value = "where am I", traceback = Array.Empty<string>() } },
                }),
            });
            stored.EnsureSuccessStatusCode();
        }

        var late = rows.Filter(new() { HasText = "LostError" });
        await Expect(late).ToHaveAttributeAsync("data-state", "stuck");
        await Expect(late).ToContainTextAsync(name);
        await late.Locator(".learner-toggle").ClickAsync();
        await Expect(late.GetByTestId("learner-details")).ToContainTextAsync("The last 3 runs of one cell in own.ipynb all failed with LostError.");
        await late.GetByTestId("learner-history").ClickAsync();
        await Expect(page.GetByTestId("replay-cells")).ToContainTextAsync("lost()");
        await Expect(page.GetByTestId("replay-error")).ToContainTextAsync("where am I");
        Assert.Empty(errors);

        // The view on a telephone is no wider than that.
        await page.SetViewportSizeAsync(390, 844);
        await page.GotoAsync($"{suite.Gateway}class");
        await Expect(page.GetByTestId("heat-map").Locator("canvas")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0);

        var report = await page.RunAndWaitForPopupAsync(() => page.GetByTestId("class-report").ClickAsync());
        await Expect(report.GetByRole(AriaRole.Heading, new() { Name = "Most frequent errors" })).ToBeVisibleAsync();
        await Expect(report.GetByText("1. Print a greeting")).ToBeVisibleAsync();

        using var owner = suite.Client();
        var progress = await owner.GetFromJsonAsync<JsonElement>("/telemetry/courses/default/progress");
        Assert.Equal(Students, progress.GetProperty("learners").GetArrayLength());
    }

    [Fact]
    public void No_class_is_simulated_on_another_machine() =>
        Assert.Throws<ArgumentException>(() => new SimulatedClass(new Uri("http://lyceum.example.org"), "token", 1));
}
