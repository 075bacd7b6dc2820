using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class ReplayTests(RunningSuite running, Browser browser) : IClassFixture<Browser>
{
    private readonly Suite _suite = running.Suite;

    [Fact]
    public async Task An_instructor_replays_what_a_student_typed_pasted_took_from_the_tutor_and_ran()
    {
        var name = $"Eve {Guid.NewGuid():N}";
        var token = await _suite.CreateStudentAsync(name);
        await _suite.SaveNotebookAsync(token, "replayed.ipynb", "1 + 1");
        var student = await browser.OpenAsync(_suite, token);
        await student.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await student.GotoAsync($"{_suite.Gateway}notebooks/replayed.ipynb");
        await Expect(student.GetByTestId("kernel-status")).ToHaveAttributeAsync("data-status", "idle");

        var cell = student.Locator(".jp-CodeCell .cm-content").First;
        await cell.ClickAsync();
        await student.Keyboard.PressAsync("Control+End");
        await student.Keyboard.TypeAsync(" + 40 //");
        await student.EvaluateAsync("navigator.clipboard.writeText(' pasted')");
        await student.Keyboard.PressAsync("Control+V");
        await student.Keyboard.PressAsync("Shift+Enter");
        await Expect(student.Locator(".jp-OutputArea-output").Filter(new() { HasText = "42" })).ToBeVisibleAsync();

        // What is copied from an answer is the tutor's.
        await student.GetByTestId("tutor-input").FillAsync("What is a loop?");
        await student.Keyboard.PressAsync("Enter");
        var answer = student.Locator("[data-testid=tutor-message][data-sender=assistant][data-done] .answer").First;
        await Expect(answer).ToBeVisibleAsync();
        var copied = await answer.EvaluateAsync<string>("answer => { getSelection().selectAllChildren(answer.querySelector('p')); document.execCommand('copy'); return String(getSelection()); }");
        await student.Locator(".jp-CodeCell .cm-content").Last.ClickAsync();
        await student.Keyboard.PressAsync("Control+V");
        await student.GetByTestId("save-button").ClickAsync();
        await Expect(student.GetByTestId("save-state")).ToHaveAttributeAsync("data-state", "saved");

        using var owner = _suite.Client();
        var accounts = await owner.GetFromJsonAsync<JsonElement>("/accounts");
        var learner = accounts.GetProperty("accounts").EnumerateArray().Single(account => account.GetProperty("name").GetString() == name).GetProperty("learner").GetString()!;
        await TutorsCodeStoredAsync(owner, learner);

        var instructor = await browser.OpenAsync(_suite, _suite.Token);
        await instructor.GotoAsync($"{_suite.Gateway}class/learners/{learner}");
        var cells = instructor.GetByTestId("replay-cells");
        await Expect(cells.Locator(".from-existing").First).ToHaveTextAsync("1 + 1");
        await Expect(cells.Locator(".from-typed").First).ToHaveTextAsync(" + 40 //");
        await Expect(cells.Locator(".from-pasted").First).ToHaveTextAsync(" pasted");
        await Expect(cells.Locator(".from-tutor").First).ToContainTextAsync(copied.Trim()[..Math.Min(20, copied.Trim().Length)]);
        await Expect(cells.Locator(".replay-output").First).ToHaveTextAsync("42");
        await Expect(instructor.GetByTestId("moments")).ToContainTextAsync("What is a loop?");
        await Expect(instructor.GetByTestId("moments")).ToContainTextAsync("Code from the tutor");

        // Back to before the run, when nothing had been pasted.
        await instructor.GetByTestId("replay-slider").FillAsync("3");
        await Expect(cells.Locator(".from-existing").First).ToHaveTextAsync("1 + 1");
        await Expect(cells.Locator(".from-pasted")).ToHaveCountAsync(0);
        await Expect(cells.Locator(".replay-output")).ToHaveCountAsync(0);
        await instructor.GetByTestId("replay-next-run").ClickAsync();
        await Expect(cells.Locator(".from-pasted").First).ToHaveTextAsync(" pasted");
    }

    private static async Task TutorsCodeStoredAsync(HttpClient owner, string learner)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var address = $"/telemetry/courses/default/learners/{learner}/history?notebook=replayed.ipynb";
        while ((await owner.GetFromJsonAsync<JsonElement>(address, limit.Token)).GetProperty("code").GetProperty("tutor").GetInt32() == 0)
        {
            await Task.Delay(200, limit.Token);
        }
    }
}
