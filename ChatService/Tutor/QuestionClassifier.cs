using System.Text.RegularExpressions;

namespace Lyceum.ChatService.Tutor;

/// <summary>The kinds of help that students seek (Nelson-Le Gall, 1981).</summary>
internal static class QuestionClass
{
    /// <summary>To understand, so as to go on alone.</summary>
    public const string Instrumental = "instrumental";

    /// <summary>To have it done.</summary>
    public const string Executive = "executive";

    public const string Other = "other";
}

/// <summary>Sorts questions by their words, in English and German; a question in another language is <c>other</c>.</summary>
internal static partial class QuestionClassifier
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    public static string Classify(string question) =>
        Executive().IsMatch(question) ? QuestionClass.Executive
        : Instrumental().IsMatch(question) ? QuestionClass.Instrumental
        : QuestionClass.Other;

    /// <summary>Whether a question is about a subject rather than about what is at hand: such a one asks for no more help with the last error.</summary>
    public static bool IsAboutSubject(string question) => Subject().IsMatch(question.TrimStart()) && !Pointing().IsMatch(question);

    [GeneratedRegex(@"\b(give|show|tell|write|send|paste|provide) (me |us )?(just |only |please )?(the |a |an |my )?(full |whole |complete |entire |finished |working |correct(ed)? |right |fixed |exact )*(solution|answer|code|program|function)\b|\b(solve|do|finish|complete|write|fix|implement) (this|it|that|everything|my (code|homework|assignment)|the (task|exercise|assignment|homework|problem|code))( for me)?\b|\bfor me\b|\bwhat('s| is) the (answer|solution)\b|\bjust (tell|give|fix|write|solve)\b|\b(gib|zeig|schreib|sag)\w* (mir |uns )?(bitte |einfach )*(die |den |das |eine )?(ganze |komplette |fertige |richtige )*(lösung|code|antwort|programm|funktion)\b|\b(lös|mach|schreib|korrigier)\w* (das|es|mir|die aufgabe)\b", Options)]
    private static partial Regex Executive();

    [GeneratedRegex(@"\b(why|how|what|when|where|which|explain|understand|mean(s|ing)?|difference|hint|clue|learn|wrong|error|reason|cause|confus\w+|stuck|warum|wieso|weshalb|wie|was|wann|welche\w*|erklär\w*|versteh\w*|bedeute\w*|unterschied|hinweis|tipp|fehler)\b", Options)]
    private static partial Regex Instrumental();

    [GeneratedRegex(@"\A(what (is|are|does|do)|what's|how (do|can|could|should|would|to)|explain|define|was (ist|sind|bedeutet|macht)|wie (kann|macht|geht|funktioniert)|erklär\w*)\b", Options)]
    private static partial Regex Subject();

    [GeneratedRegex(@"\b(this|that|it|here|error|fail\w*|crash\w*|exception|traceback|message|line|wrong|fix|broken|problem|works?|my|mistake|das|dies\w*|hier|fehler\w*|zeile|falsch|mein\w*|problem)\b", Options)]
    private static partial Regex Pointing();
}
