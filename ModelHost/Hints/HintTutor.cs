using System.Text;

namespace Lyceum.ModelHost.Hints;

/// <summary>Answers as a patient tutor would, from the catalogue alone: the same question always has the same answer.</summary>
internal sealed class HintTutor(HintCatalogue catalogue)
{
    public const string About =
        "I am `lyceum-hints`: not a language model and not a person, but a fixed catalogue of common Python, R and C# errors that reads your question, your code and your traceback. "
        + "I understand only simple English, I do not run your code, and I never write the solution for you. Your institution can connect a language model in my place.";

    private const string Footer = "*Built-in hints from a catalogue of common errors, not a language model.*";
    private const string EnglishOnly = "*(I only understand English, so I could not read your words; this is about what your code and message show.)*";
    private readonly HintWriter _writer = new(catalogue);

    public string Answer(IReadOnlyList<HintMessage> messages)
    {
        var conversation = HintConversation.Read(messages);
        StringBuilder answer = new();
        if (!QuestionKinds.IsEnglish(conversation.Prompt.Question))
        {
            answer.Append(EnglishOnly).Append("\n\n");
        }

        if (conversation.Kind == QuestionKind.Solution)
        {
            answer.Append("I do not hand over finished solutions: you would have the answer, but not the way to it. I gladly help with the next step.\n\n");
        }

        answer.Append(conversation.Error is { } error ? _writer.Write(error, conversation.Code, conversation.Level) : Guide(conversation));
        if (conversation is { First: true, Kind: not QuestionKind.Identity })
        {
            answer.Append("\n\n").Append(Footer);
        }

        return answer.ToString();
    }

    private string Guide(HintConversation conversation)
    {
        var topic = catalogue.Topics.FirstOrDefault(known => known.IsIn(conversation.Prompt.Question));
        var reading = CodeReading.Of(conversation.Code, conversation.Language ?? Language.Python);
        return conversation.Kind switch
        {
            QuestionKind.Identity => About,
            QuestionKind.Solution => NextStep(reading, topic, conversation.Language),
            QuestionKind.HowTo when topic is not null => $"This is about {topic.Topic}. {topic.For(conversation.Language)}\n\nTry it on two or three made-up values in a cell of its own first, where you know what must come out. Which part of it do you need for your task?",
            QuestionKind.HowTo => $"Break it into three: what goes in, what should come out, and the one thing that happens in between. Look for that one thing in {Reference(conversation.Language)}, and try it on a made-up value.\n\nWhich of the three is unclear to you?",
            QuestionKind.Explain when topic is not null => $"This is about {topic.Topic}. {topic.For(conversation.Language)}\n\nWrite the smallest example that you can think of, say what it will print, and only then run it. Where did it differ?",
            QuestionKind.Explain when reading.Lines.Count > 0 => $"{Outline(reading)}\n\nTake one line: say aloud which values go in and what is different after it, then print that to check. At which line does your own explanation stop?",
            QuestionKind.Explain => $"Look it up in {Reference(conversation.Language)} and then write the smallest example of it; predict what it prints before you run it. Which word of the explanation there is unclear?",
            QuestionKind.Debug when SilentComparison.In(reading, conversation.Language ?? Language.Python) is { Length: > 0 } silent =>
                $"There is no error message, so the code runs, but not to the end that you want. {silent}\n\nSay aloud what that line was meant to change, and print that right before and after it. What do you see?",
            QuestionKind.Debug when reading.Lines.Count > 0 => $"There is no error message, so a value must differ from what you think. {Outline(reading)}\n\nPrint these one after the other, from the top, with their types. Which is the first that is not what you expected, and what did you expect?",
            QuestionKind.Debug => "There is no error message, so a value must differ from what you think. Choose an input for which you know the right result, print each value on the way, and find the first that is off. What did you expect, and what do you see?",
            _ => Welcome(reading),
        };
    }

    private static string NextStep(CodeReading reading, HintTopic? topic, Language? language)
    {
        var start = reading.Lines.Count > 0
            ? Outline(reading)
            : "Begin with one sentence: what goes in, and what should come out?";
        var pointer = topic is null ? "" : $" For {topic.Topic}: {topic.For(language)}";
        return $"{start}{pointer}\n\nNext step: write as comments, one a line, what has to happen in which order. Which is the first of them that you cannot turn into code?";
    }

    private static string Welcome(CodeReading reading) =>
        (reading.Lines.Count > 0 ? $"I see your code, but no error message in it. {Outline(reading)}\n\n" : "")
        + "Tell me what you want to achieve, what you did, and what happened instead; if there is an error message, send it along with the code of the cell. Then I can point you to the line and to what to try.";

    /// <summary>What the code gives names to: a list of facts, not a judgement.</summary>
    private static string Outline(CodeReading reading)
    {
        var defined = reading.Names.Where(name => name.Defines).Take(8).Select(name => $"{Markdown.Code(name.Name)} (line {name.Line})").ToArray();
        return defined.Length == 0
            ? $"Your code has {reading.Lines.Count} {(reading.Lines.Count == 1 ? "line" : "lines")} and gives no value a name."
            : $"Your code gives a value to {string.Join(", ", defined)}.";
    }

    private static string Reference(Language? language) => language switch
    {
        Language.Python => "Python's documentation (`help(...)` in a cell shows it)",
        Language.R => "R's help (`?name` shows it)",
        Language.CSharp => "the C# documentation at learn.microsoft.com",
        _ => "your language's documentation",
    };
}
