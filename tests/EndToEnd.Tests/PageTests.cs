using System.Net.Http.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class PageTests(RunningSuite running, Browser browser) : IClassFixture<Browser>
{
    private const string Failing = "var values = new[] { 1, 2, 3 };\nConsole.WriteLine(valeus.Length);";

    private readonly Suite _suite = running.Suite;

    [Fact]
    public async Task The_owner_opens_a_course_whose_instructor_lets_a_class_in_and_replaces_a_lost_link()
    {
        var course = $"c{Guid.NewGuid():N}";
        var owner = await browser.OpenAsync(_suite, _suite.Token);
        await owner.GotoAsync($"{_suite.Gateway}class");
        await owner.GetByTestId("add-people").ClickAsync();
        await owner.GetByTestId("people-names").FillAsync("Ines");
        await owner.GetByTestId("people-role").SelectOptionAsync("instructor");
        await owner.GetByTestId("people-course").FillAsync(course);
        await owner.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        var link = new Uri(await owner.GetByTestId("sign-in-link").InputValueAsync());

        var ines = await browser.OpenAsync(_suite, link.Query["?token=".Length..]);
        await ines.GotoAsync($"{_suite.Gateway}class");
        await ines.GetByTestId("add-people").ClickAsync();
        await Expect(ines.GetByTestId("people-course")).ToHaveCountAsync(0);
        await ines.GetByTestId("people-names").FillAsync("Ada\n\nBob\nCy\n");
        await ines.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(ines.GetByTestId("sign-in-links").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        var saved = await ines.RunAndWaitForDownloadAsync(() => ines.GetByRole(AriaRole.Button, new() { Name = "Save as CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await saved.PathAsync());
        Assert.Equal(["\"name\"", "\"Ada\"", "\"Bob\"", "\"Cy\""], lines.Select(line => line.Split(',')[0]));
        await ines.Keyboard.PressAsync("Escape");
        await Expect(ines.GetByTestId("sign-in-links")).ToBeVisibleAsync();
        await ines.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        await Expect(ines.GetByTestId("sign-in-links")).ToHaveCountAsync(0);
        var bob = await browser.OpenAsync(_suite, lines[2].Split("token=")[1].TrimEnd('"'));
        await Expect(bob.GetByText("Welcome").First).ToBeVisibleAsync();

        ines.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await ines.GetByTestId("people").ClickAsync();
        await ines.GetByRole(AriaRole.Button, new() { Name = "New link for Bob" }).ClickAsync();
        var renewed = await browser.OpenAsync(_suite, new Uri(await ines.GetByTestId("sign-in-link").InputValueAsync()).Query["?token=".Length..]);
        await Expect(renewed.GetByText("Welcome").First).ToBeVisibleAsync();
        await bob.ReloadAsync();
        await Expect(bob.GetByLabel("Your token")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_failing_cell_is_asked_about_hinted_at_and_seen_in_the_class_view()
    {
        var name = $"Ada {Guid.NewGuid():N}";
        var token = await _suite.CreateStudentAsync(name);
        await _suite.SaveNotebookAsync(token, "lesson.ipynb", Failing);
        var instructor = await browser.OpenAsync(_suite, _suite.Token);
        await instructor.GotoAsync($"{_suite.Gateway}class");
        await Expect(instructor.GetByTestId("live-state")).ToHaveTextAsync("Live");

        var student = await browser.OpenAsync(_suite, token);
        await student.GotoAsync($"{_suite.Gateway}notebooks/lesson.ipynb");
        await RunCellAsync(student, "valeus");
        var ask = student.GetByTestId("ask-about-error");
        await Expect(ask).ToBeVisibleAsync();

        var trace = new Trace();
        await student.SetExtraHTTPHeadersAsync([trace.Header]);
        var answering = await student.RunAndWaitForResponseAsync(() => ask.ClickAsync(), response => response.Url.Contains("/llm/chat/", StringComparison.Ordinal) && response.Request.Method == "POST");
        Assert.StartsWith("text/event-stream", answering.Headers["content-type"], StringComparison.Ordinal);
        var answer = student.Locator("[data-testid=tutor-message][data-sender=assistant]").First;
        await Expect(answer).ToContainTextAsync("valeus");
        await Expect(answer).Not.ToContainTextAsync("values.Length");
        await trace.WaterfallAsync(_suite, "gateway", "chatservice", "modelhost");

        // The class view was open all the time and is not loaded again.
        var row = instructor.GetByTestId("learner-row").Filter(new() { HasText = name });
        await Expect(row).ToBeVisibleAsync();
        await Expect(row).ToContainTextAsync("CS0103");
        await Expect(instructor.GetByTestId("error-list")).ToContainTextAsync("CS0103");
    }

    [Fact]
    public async Task A_question_that_is_asked_before_the_conversation_is_loaded_is_answered()
    {
        var token = await _suite.CreateStudentAsync("Eve");
        await _suite.SaveNotebookAsync(token, "early.ipynb", Failing);
        var page = await browser.OpenAsync(_suite, token);
        var asked = new TaskCompletionSource();
        await page.RouteAsync("**/llm/chat/sessions/*", async route =>
        {
            await asked.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync($"{_suite.Gateway}notebooks/early.ipynb");
        var input = page.GetByTestId("tutor-input");
        await input.FillAsync("What does NullReferenceException mean?");
        await input.PressAsync("Enter");
        await Expect(input).ToHaveValueAsync("");
        asked.SetResult();

        await Expect(page.Locator("[data-testid=tutor-message][data-sender=assistant][data-done]")).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-testid=tutor-message][data-sender=user]")).ToContainTextAsync("NullReferenceException");
    }

    [Fact]
    public async Task A_kernel_that_dies_is_shown_at_its_cell_and_the_notebook_goes_on()
    {
        var token = await _suite.CreateStudentAsync("Bo");
        await _suite.SaveNotebookAsync(token, "dies.ipynb", "Environment.Exit(3);", "Console.Write(6 * 7);");
        var page = await browser.OpenAsync(_suite, token);
        await page.GotoAsync($"{_suite.Gateway}notebooks/dies.ipynb");
        await RunCellAsync(page, "Environment");
        await Expect(page.GetByTestId("cell-kernel-died")).ToBeVisibleAsync();

        await IdleAsync(page);
        await RunCellAsync(page, "6 * 7");
        await Expect(page.Locator(".jp-OutputArea-output").Filter(new() { HasText = "42" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_is_typed_is_saved_as_a_notebook_file()
    {
        var token = await _suite.CreateStudentAsync("Cy");
        await _suite.SaveNotebookAsync(token, "typed.ipynb", "1 + 1");
        var page = await browser.OpenAsync(_suite, token);
        await page.GotoAsync($"{_suite.Gateway}notebooks/typed.ipynb");
        await page.Locator(".jp-CodeCell .cm-content").First.ClickAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync(" + 40");
        await page.GetByTestId("save-button").ClickAsync();
        await Expect(page.GetByTestId("save-state")).ToHaveAttributeAsync("data-state", "saved");

        using var client = _suite.Client(token);
        Assert.Contains("1 + 1 + 40", await client.GetStringAsync(new Uri("/api/contents/typed.ipynb", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_for_a_person_is_taken_over_answered_and_handed_back_on_the_instructors_page()
    {
        var name = $"Di {Guid.NewGuid():N}";
        var token = await _suite.CreateStudentAsync(name);
        using var student = _suite.Client(token);
        using var asked = await student.PostAsJsonAsync("/llm/chat/", new { initial_message = "What is a list?" });
        var session = (await asked.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("session_id").GetString();
        var page = await browser.OpenAsync(_suite, _suite.Token);
        await page.GotoAsync($"{_suite.Gateway}teach");
        using var help = await student.PostAsJsonAsync($"/llm/chat/{session}/help/", new { note = "Please explain it to me." });

        var row = page.GetByTestId("help-request").Filter(new() { HasText = name });
        await row.GetByRole(AriaRole.Button).ClickAsync();
        var conversation = page.GetByTestId("help-conversation");
        await Expect(conversation).ToContainTextAsync("What is a list?");
        await page.GetByTestId("help-take").ClickAsync();
        await conversation.GetByRole(AriaRole.Textbox).FillAsync("Several values in an order.");
        await page.GetByTestId("help-send").ClickAsync();
        await Expect(conversation.Locator("[data-sender=instructor]")).ToContainTextAsync("Several values in an order.");
        await page.GetByTestId("help-back").ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        Assert.Contains("Several values in an order.", await student.GetStringAsync(new Uri($"/llm/chat/{session}/history/", UriKind.Relative)), StringComparison.Ordinal);

        await page.GotoAsync($"{_suite.Gateway}teach/turns");
        var turn = page.GetByTestId("turn").Filter(new() { HasText = name });
        await turn.Locator("summary").First.ClickAsync();
        await Expect(turn).ToContainTextAsync("What the model saw");
    }

    [Fact]
    public async Task A_page_loads_without_an_error_in_its_console()
    {
        var page = await browser.OpenAsync(_suite, _suite.Token);
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        await _suite.SaveNotebookAsync(_suite.Token, "quiet.ipynb", "1 + 1");
        foreach (var path in (string[])["", "class", "teach", "teach/assignments", "teach/turns", "teach/experiments", "teach/prompts", "notebooks/quiet.ipynb"])
        {
            await page.GotoAsync($"{_suite.Gateway}{path}");
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        }

        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task No_page_is_wider_than_its_window(int width, int height)
    {
        await _suite.SaveNotebookAsync(_suite.Token, "narrow.ipynb", Failing);
        var page = await browser.OpenAsync(_suite, _suite.Token, new ViewportSize { Width = width, Height = height });
        foreach (var path in (string[])["", "class", "teach", "teach/assignments", "teach/turns", "teach/experiments", "teach/prompts", "notebooks/narrow.ipynb"])
        {
            await page.GotoAsync($"{_suite.Gateway}{path}");
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"/{path} is {overflow} px wider than {width} px.");
        }
    }

    private static async Task RunCellAsync(IPage page, string text)
    {
        await IdleAsync(page);
        await page.Locator(".jp-CodeCell .cm-content").Filter(new() { HasText = text }).First.ClickAsync();
        await page.Keyboard.PressAsync("Shift+Enter");
    }

    private static Task IdleAsync(IPage page) =>
        Expect(page.GetByTestId("kernel-status")).ToHaveAttributeAsync("data-status", "idle");
}
