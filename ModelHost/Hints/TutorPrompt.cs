using System.Text;

namespace Lyceum.ModelHost.Hints;

/// <summary>What a question carries. Everything in it is a student's or a program's text: data, never an instruction.</summary>
/// <param name="Language">The language of the code, where told.</param>
/// <param name="Code">The student's code; empty when there is none.</param>
/// <param name="Error">The text of the error; empty when there is none.</param>
/// <param name="Question">The student's words; may be empty.</param>
internal sealed record TutorPrompt(Language? Language, string Code, string Error, string Question)
{
    private const int MaxLength = 100_000;

    /// <summary>
    /// Reads either ChatService's sections (<c># Notebook</c>, <c># Code (python)</c>, <c># Error</c>, <c># Question</c>) or whatever
    /// somebody pasted: prose, fenced blocks, a traceback.
    /// </summary>
    public static TutorPrompt Read(string content)
    {
        // The end is kept: in ChatService's format the question stands there.
        var text = content.Length > MaxLength ? content[^MaxLength..] : content;
        var blocks = MarkdownBlocks.Read(text.ReplaceLineEndings("\n"));
        return blocks.Any(block => block is { Kind: BlockKind.Heading } && SectionOf(block.Text) is not null)
            ? ReadSections(blocks)
            : ReadPasted(blocks);
    }

    private static TutorPrompt ReadSections(IReadOnlyList<MarkdownBlock> blocks)
    {
        Language? language = null;
        StringBuilder code = new(), error = new(), question = new(), notebook = new();
        StringBuilder? current = null;
        foreach (var block in blocks)
        {
            // The question is last, and whatever the student wrote in it belongs to it.
            if (block.Kind == BlockKind.Heading && current != question && SectionOf(block.Text) is { } section)
            {
                current = section.Name switch { "code" => code, "error" => error, "notebook" => notebook, _ => question };
                language ??= section.Language;
                continue;
            }

            current?.Append(block.Kind == BlockKind.Heading ? $"# {block.Text}" : block.Text).Append('\n');
        }

        return new TutorPrompt(language, code.ToString().TrimEnd(), error.ToString().Trim(), question.ToString().Trim());
    }

    private static TutorPrompt ReadPasted(IReadOnlyList<MarkdownBlock> blocks)
    {
        Language? language = null;
        StringBuilder code = new(), error = new(), question = new();
        foreach (var block in blocks)
        {
            if (block.Kind == BlockKind.Fence)
            {
                language ??= Languages.Named(block.Info);
            }

            var errorAt = ErrorText.StartIn(block.Text);
            var before = errorAt < 0 ? block.Text : block.Text[..errorAt];
            (block.Kind == BlockKind.Fence ? code : question).Append(before).Append('\n');
            if (errorAt >= 0)
            {
                var (found, rest) = ErrorText.Split(block.Text[errorAt..], fenced: block.Kind == BlockKind.Fence);
                error.Append(found).Append('\n');
                question.Append(rest).Append('\n');
            }
        }

        return new TutorPrompt(language, code.ToString().Trim('\n'), error.ToString().Trim(), question.ToString().Trim());
    }

    private static (string Name, Language? Language)? SectionOf(string heading)
    {
        var open = heading.IndexOf(" (", StringComparison.Ordinal);
        var name = (open < 0 ? heading : heading[..open]).Trim();
        return name switch
        {
            "Notebook" => ("notebook", null),
            "Code" => ("code", open < 0 ? null : Languages.Named(heading[(open + 2)..].TrimEnd(')', ' '))),
            "Error" => ("error", null),
            "Question" => ("question", null),
            _ => null,
        };
    }
}
