using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>Runs a snippet with tests, and has a model repair what fails, at most as often as was asked for.</summary>
internal sealed class SnippetTests(CodeWriter writer, CodeStore store, KernelRuns kernels)
{
    public async Task<TestReport> RunAsync(
        CallerIdentity caller, CodeSession session, Snippet snippet, CodeLanguage language, string? tests, int repairs, string model, CancellationToken cancellationToken)
    {
        if (await kernels.FindKernelAsync(caller, language, cancellationToken) is not { } kernelspec)
        {
            return new TestReport(Ran: false, Passed: false, NotRun(language), tests, []);
        }

        if (tests is null)
        {
            var written = await writer.TestsAsync(language, snippet.Prompt, snippet.Code, model, cancellationToken);
            if (written.Code is null)
            {
                return new TestReport(Ran: false, Passed: false, $"There are no tests to run: {written.Reason}", null, []);
            }

            tests = written.Code;
        }

        List<SnippetRun> runs = [];
        while (true)
        {
            var run = await RunAsync(caller, session.SessionId, snippet, kernelspec, tests, cancellationToken);
            runs.Add(run);
            if (run.Outcome == RunOutcome.Passed || runs.Count > repairs)
            {
                return new TestReport(Ran: true, run.Outcome == RunOutcome.Passed, null, tests, runs);
            }

            var feedback = Feedback(run, tests);
            var written = await writer.AdjustAsync(language, snippet.Prompt, snippet.Code, feedback, model, cancellationToken);
            if (written.Code is null || await store.AddAsync(caller.Subject, session.SessionId, written.Code, snippet.Prompt, feedback, written.Model, cancellationToken) is not { } version)
            {
                return new TestReport(Ran: true, Passed: false, written.Reason ?? "The session takes no further version.", tests, runs);
            }

            snippet = snippet with { Version = version, Code = written.Code };
        }
    }

    public static string NotRun(CodeLanguage language) => $"There is no kernel for {language.Name} here: the code was not run.";

    private async Task<SnippetRun> RunAsync(CallerIdentity caller, Guid session, Snippet snippet, string kernelspec, string tests, CancellationToken cancellationToken)
    {
        var run = await kernels.RunAsync(caller, kernelspec, [snippet.Code, tests], cancellationToken);
        var recorded = new SnippetRun(snippet.Version, run.Outcome, run.Output, run.Error, (long)run.Duration.TotalMilliseconds);
        await store.RecordAsync(session, tests, recorded, cancellationToken);
        return recorded;
    }

    private static string Feedback(SnippetRun run, string tests)
    {
        var what = run.Outcome switch
        {
            RunOutcome.TimedOut => "It did not end in time.",
            RunOutcome.TooMuchOutput => "It puts out far too much.",
            RunOutcome.KernelDied => "The interpreter died while it ran.",
            _ => "It failed.",
        };
        return $"{what} The tests:\n```\n{tests}\n```\nWhat it put out:\n```\n{run.Output}\n```\nMend the code so that the tests pass; do not write tests.";
    }
}
