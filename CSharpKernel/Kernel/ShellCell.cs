using Lyceum.CSharpKernel.Execution;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>A cell that a client runs: its output names the request as its parent, its questions go to that client.</summary>
internal sealed class ShellCell(
    Request request, CSharpEngine engine, Publications publications, Questions? questions, CancellationToken interrupted) : ICellHost
{
    public CancellationToken Interrupted => interrupted;

    public IReadOnlyList<Variable> Variables => engine.Variables;

    public void WriteOut(string text) => publications.PostText(request, "stdout", text, interrupted);

    public void WriteError(string text) => publications.PostText(request, "stderr", text, interrupted);

    public void Display(MimeBundle data, string displayId) => Show("display_data", data, displayId);

    public void Update(MimeBundle data, string displayId) => Show("update_display_data", data, displayId);

    public void ClearOutput(bool wait) =>
        publications.Post(request, "clear_output", new ClearOutput(wait), ReplyJson.Default.ClearOutput, interrupted);

    public string ReadLine(string prompt, bool isPassword)
    {
        if (questions is null)
        {
            throw new InvalidOperationException("The client that runs this cell does not take questions (allow_stdin is false).");
        }

        return Task.Run(
            async () =>
            {
                await publications.FlushAsync();
                return await questions.AskAsync(request, new InputRequest(prompt, isPassword), interrupted);
            },
            interrupted).GetAwaiter().GetResult();
    }

    private void Show(string type, MimeBundle data, string displayId) => publications.Post(
        request, type, new DisplayData(data, [], new DisplayTransient(displayId)), ReplyJson.Default.DisplayData, interrupted);
}

/// <summary>Where the warm-up's output goes: nowhere.</summary>
internal sealed class NoCell : ICellHost
{
    public CancellationToken Interrupted => CancellationToken.None;

    public IReadOnlyList<Variable> Variables => [];

    public void WriteOut(string text)
    {
    }

    public void WriteError(string text)
    {
    }

    public void Display(MimeBundle data, string displayId)
    {
    }

    public void Update(MimeBundle data, string displayId)
    {
    }

    public void ClearOutput(bool wait)
    {
    }

    public string ReadLine(string prompt, bool isPassword) => "";
}
