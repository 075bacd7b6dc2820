using System.Globalization;
using System.Text.Json;
using Lyceum.CSharpKernel.Execution;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Answers <c>execute_request</c>, one at a time.</summary>
internal sealed class CellRequests(
    CSharpEngine engine, InputHistory history, Interrupts interrupts, Publications publications, Questions questions)
{
    private int _executionCount;

    /// <summary>Runs the cell. What it puts out is on its way to the clients when this ends.</summary>
    public async Task<ExecuteReply> ExecuteAsync(Request request, ExecuteRequest cell)
    {
        var stored = !cell.Silent && (cell.StoreHistory ?? true);
        _executionCount += stored ? 1 : 0;
        if (!cell.Silent)
        {
            publications.Post(request, "execute_input", new ExecuteInput(cell.Code, _executionCount), ReplyJson.Default.ExecuteInput);
        }

        var interrupted = interrupts.Begin();
        try
        {
            var host = new ShellCell(request, engine, publications, cell.AllowStdin ? questions : null, interrupted);
            RunningCell.Announce(host);
            var name = stored ? string.Create(CultureInfo.InvariantCulture, $"cell {_executionCount}") : "unnumbered cell";
            var pages = PagerQuestion.In(cell.Code) is { } symbol ? Look(symbol, host) : null;
            var outcome = pages is null ? await engine.ExecuteAsync(cell.Code, name, host) : CellOutcome.Nothing;
            Publish(request, cell, outcome);
            if (stored)
            {
                history.Add(_executionCount, cell.Code, outcome.Result?.GetValueOrDefault(MimeBundle.Plain).GetString());
            }

            return outcome.Error is { } error
                ? new ExecuteReply("error", _executionCount, Ename: error.Name, Evalue: error.Value, Traceback: error.Traceback)
                : new ExecuteReply("ok", _executionCount, await EvaluateAsync(cell.UserExpressions, host), pages ?? []);
        }
        finally
        {
            interrupts.End();
            await publications.FlushAsync();
        }
    }

    /// <summary>The answer to a cell that is not run because one before it failed.</summary>
    public ExecuteReply Abort() => new("aborted", _executionCount);

    /// <summary>What is known of a symbol, for the client's pager.</summary>
    private IReadOnlyList<Page> Look(string symbol, ShellCell host)
    {
        if (engine.Inspect(symbol, symbol.Length, host.Interrupted) is { } text)
        {
            return [new Page(MimeBundle.Of(text))];
        }

        host.WriteOut($"There is no '{symbol}'.\n");
        return [];
    }

    private void Publish(Request request, ExecuteRequest cell, CellOutcome outcome)
    {
        if (outcome.Error is { } error)
        {
            publications.Post(request, "error", new ErrorContent(error.Name, error.Value, error.Traceback), ReplyJson.Default.ErrorContent);
        }
        else if (outcome.Result is { } result && !cell.Silent)
        {
            publications.Post(request, "execute_result", new ExecuteResult(_executionCount, result, []), ReplyJson.Default.ExecuteResult);
        }
    }

    private async Task<Dictionary<string, JsonElement>> EvaluateAsync(Dictionary<string, string>? expressions, ICellHost host)
    {
        var values = new Dictionary<string, JsonElement>();
        foreach (var (name, code) in expressions ?? [])
        {
            var outcome = await engine.ExecuteAsync(code, "expression", host);
            values[name] = outcome.Error is { } error
                ? JsonSerializer.SerializeToElement(new ErrorReply(error.Name, error.Value, error.Traceback), ReplyJson.Default.ErrorReply)
                : JsonSerializer.SerializeToElement(new ExpressionValue(outcome.Result ?? [], []), ReplyJson.Default.ExpressionValue);
        }

        return values;
    }
}
