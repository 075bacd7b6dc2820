namespace Lyceum.CSharpKernel.Completion;

/// <summary>What may stand between two positions, counted in UTF-16 units.</summary>
/// <param name="Start">Where the text to replace begins.</param>
/// <param name="End">Where it ends: the cursor.</param>
/// <param name="Matches">What fits, the likeliest first.</param>
internal sealed record Completions(int Start, int End, IReadOnlyList<CompletionMatch> Matches);

/// <summary>One thing that fits.</summary>
/// <param name="Text">What to insert.</param>
/// <param name="Type">What it is, in JupyterLab's words: <c>function</c>, <c>class</c>, <c>keyword</c>, ...</param>
/// <param name="Signature">For functions their parameters, else empty.</param>
internal sealed record CompletionMatch(string Text, string Type, string Signature);
