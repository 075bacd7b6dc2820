using System.Text;
using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>Writes a hint on an error: the catalogue's words, filled with what is seen in the student's own code.</summary>
internal sealed partial class HintWriter(HintCatalogue catalogue)
{
    private static readonly string[] NamingGroups = ["name", "member", "key", "module", "function"];

    public string Write(StudentError error, string code, int level)
    {
        var reading = CodeReading.Of(code, error.Language);
        var found = catalogue.Find(error);
        var match = found?.Match;
        var line = LineOf(error, reading, match);
        var where = line is { } number ? $"line {number}" : "the line that the message is about";
        var observation = new HintObservation(catalogue.Known(error.Language), reading, error, line).About(found?.Entry.Similar, match);

        StringBuilder text = new();
        var named = error.Name.Length > 0 ? $"{Markdown.Code(error.Name)}" : "the error";
        switch (level)
        {
            case 1:
                text.Append(line is null ? $"Your code stops with {named}: " : $"**Line {line}** stops with {named}: ");
                text.Append(found is null ? Unknown(error) : Fill(found.Value.Entry.Meaning, match!)).Append('\n');
                Paragraph(observation);
                Paragraph(found is null ? $"Which part of {where} do those words name, and what did you expect it to be?" : Fill(found.Value.Entry.Ask, match!));
                break;
            case 2:
                Paragraph($"Still {named}, so let us look closer at {where}:");
                Paragraph(reading.Line(line) is { } own ? Markdown.Fence(own.Trim(), error.Language.Fence()) : "");
                Paragraph(found is null ? Unknown(error) : Fill(found.Value.Entry.Look, match!));
                Paragraph(observation);
                Paragraph(found is null ? $"What is there at {where} when it runs, and what should be there?" : Fill(found.Value.Entry.Ask, match!));
                break;
            default:
                Paragraph($"One concrete step for {where}: {(found is null ? "make the line smaller until it runs, then add the parts again one at a time; the part that brings the error back is the one to look up." : Fill(found.Value.Entry.Try, match!))}");
                Paragraph(observation);
                if (found is not null && level == 3)
                {
                    Paragraph(Fill(found.Value.Entry.Ask, match!));
                }
                else if (found is not null)
                {
                    Paragraph("The same idea, on other data:");
                    Paragraph(Markdown.Fence(string.Join('\n', found.Value.Entry.Example), error.Language.Fence()));
                    Paragraph($"What in your {(line is null ? "code" : $"line {line}")} is the counterpart of this?");
                }

                Paragraph(level > 3 ? "We have looked at this one several times now: tell your instructor what you tried and what you saw, that is a good question to bring." : "");
                break;
        }

        return text.ToString().TrimEnd();

        void Paragraph(string paragraph)
        {
            if (paragraph.Length > 0)
            {
                text.Append(text.Length == 0 ? "" : text[^1] == '\n' ? "\n" : "\n\n").Append(paragraph);
            }
        }
    }

    /// <summary>Fills <c>{group}</c> with what the message names, as code.</summary>
    internal static string Fill(string template, Match match) => Placeholder.Replace(template, hole =>
        match.Groups[hole.Groups["group"].Value] is { Success: true, Length: > 0 } group
            ? Article(hole.Groups["article"].Value, group.Value) + Markdown.Code(group.Value)
            : "it");

    private static string Unknown(StudentError error) => error.Message.Length == 0
        ? "it is not in my catalogue, so read the message and the line that it points to word by word."
        : $"it says {Markdown.Code(error.Message)}. This one is not in my catalogue, so its own words are the best lead.";

    private static int? LineOf(StudentError error, CodeReading reading, Match? match)
    {
        if (reading.Line(error.Line) is not null || reading.Lines.Count == 0)
        {
            return error.Line;
        }

        string[] leads = [error.Call, .. NamingGroups.Select(group => match?.Groups[group].Value ?? "")];
        return leads.Select(reading.LineWith).FirstOrDefault(line => line is not null);
    }

    /// <summary>"an int", where the template says "a {type}".</summary>
    private static string Article(string article, string word) =>
        article.Length > 0 && "aeiouAEIOU".Contains(word[0], StringComparison.Ordinal) ? article.TrimEnd() + "n " : article;

    [GeneratedRegex(@"(?<article>\b[Aa] )?\{(?<group>\w+)\}")]
    private static partial Regex Placeholder { get; }
}
