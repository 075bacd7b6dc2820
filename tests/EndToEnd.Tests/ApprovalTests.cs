using System.Net;
using System.Net.Http.Json;
using System.Text;
using Lyceum.Testing;
using static Microsoft.Playwright.Assertions;

namespace Lyceum.EndToEnd.Tests;

/// <summary>Models that call tools, and a student who is asked in the page and sees there what is done.</summary>
public sealed class ApprovalTests(Browser browser) : IClassFixture<Browser>
{
    private const string Manifest = """
        apiVersion: smarter.sh/v1
        kind: Plugin
        metadata:
          name: course_dates
          description: Dates.
          annotations: [{lyceum/approval: required}]
        spec:
          selector: {directive: llm}
          prompt: {systemRole: Be brief.}
          data: {staticData: {exam: It is on 12 February.}}
        """;

    [Fact]
    public async Task What_the_tutor_wants_to_do_is_shown_and_done_once_it_is_allowed()
    {
        await using var node = await EngineNode.StartAsync();
        await using var suite = await Suite.StartAsync(settings: [new("Models__Nodes__0", node.Address.ToString()), new("Models__Tutor", "tiny:latest")]);
        using var owner = suite.Client();
        using var applied = await owner.PostAsync(new Uri("/tutor/courses/default/manifests", UriKind.Relative), new StringContent(Manifest, Encoding.UTF8, "application/yaml"));
        Assert.Equal(HttpStatusCode.OK, applied.StatusCode);
        var token = await suite.CreateStudentAsync("Dot");
        await suite.SaveNotebookAsync(token, "asked.ipynb", "1 + 1");
        var page = await browser.OpenAsync(suite, token);
        await page.GotoAsync($"{suite.Gateway}notebooks/asked.ipynb");
        await page.GetByTestId("tutor-input").FillAsync("When is the exam?");
        await page.Keyboard.PressAsync("Enter");

        var card = page.GetByTestId("tutor-approval");
        await Expect(card).ToContainTextAsync("course_dates");
        await Expect(card).ToContainTextAsync("\"inquiry_type\": \"exam\"");

        // It waits for the student, not for the page.
        await page.ReloadAsync();
        await Expect(card).ToContainTextAsync("course_dates");
        using var student = suite.Client(token);
        var sessions = await student.GetStringAsync(new Uri("/llm/chat/sessions/", UriKind.Relative));
        var session = System.Text.Json.JsonElement.Parse(sessions).GetProperty("sessions")[0].GetProperty("session_id").GetString();
        await page.GetByTestId("approve-call").First.ClickAsync();

        // Held to a grammar of calls, the engine goes on calling until it has to answer.
        var answer = page.Locator("[data-testid=tutor-message][data-sender=assistant][data-done]");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (await answer.CountAsync() == 0)
        {
            if (await page.GetByTestId("deny-call").CountAsync() > 0)
            {
                await page.GetByTestId("deny-call").First.ClickAsync(new() { Timeout = 1_000 }).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            await Task.Delay(200, limit.Token);
        }

        var calls = await student.GetStringAsync(new Uri($"/llm/chat/{session}/calls", UriKind.Relative));
        // What came back of it is the tutor's, and shown to who teaches the course.
        Assert.DoesNotContain("It is on 12 February.", calls, StringComparison.Ordinal);
        var history = System.Text.Json.JsonElement.Parse(await student.GetStringAsync(new Uri($"/llm/chat/{session}/history/", UriKind.Relative)));
        var message = history.GetProperty("messages").EnumerateArray().Last().GetProperty("id").GetString();
        Assert.Contains("It is on 12 February.", await owner.GetStringAsync(new Uri($"/tutor/courses/default/turns/{message}/calls", UriKind.Relative)), StringComparison.Ordinal);
        Assert.DoesNotContain("\"waiting\"", calls, StringComparison.Ordinal);
    }
    [Fact]
    public async Task What_the_tutor_does_is_shown_for_as_long_as_it_does_it()
    {
        await using var node = await CallingNode.StartAsync();
        await using var suite = await Suite.StartAsync(settings: [new("Models__Nodes__0", node.Address), new("Models__Tutor", "calling:latest")]);
        using var owner = suite.Client();
        using var allowed = await owner.PutAsJsonAsync("/tutor/courses/default/policy", new { tools = (string[])["kernel/run_code"] });
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        var token = await suite.CreateStudentAsync("Eve");
        await suite.SaveNotebookAsync(token, "run.ipynb", "1 + 1");
        var page = await browser.OpenAsync(suite, token);
        await page.GotoAsync($"{suite.Gateway}notebooks/run.ipynb");
        await page.GetByTestId("tutor-input").FillAsync("What does it do?");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByTestId("tutor-approval")).ToContainTextAsync("urllib.request");
        await Expect(page.GetByTestId("tutor-activity").Locator("visible=true")).ToHaveCountAsync(0);
        await page.GetByTestId("approve-call").ClickAsync();
        await Expect(page.GetByTestId("tutor-activity").Locator("visible=true")).ToContainTextAsync("Running code in the kernel…");

        node.LetGo();
        await Expect(page.Locator("[data-testid=tutor-message][data-sender=assistant][data-done]")).ToContainTextAsync("It went.");
        await Expect(page.GetByTestId("tutor-activity")).ToHaveCountAsync(0);
    }
}
