using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>What a student wants.</summary>
internal enum QuestionKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>To know who answers.</summary>
    Identity,

    /// <summary>The finished solution.</summary>
    Solution,

    /// <summary>More on what was said before.</summary>
    FollowUp,

    /// <summary>How something is done.</summary>
    HowTo,

    /// <summary>What something means.</summary>
    Explain,

    /// <summary>Why the result is not the expected one.</summary>
    Debug,
}

/// <summary>Sorts questions by their words. Only English ones: <see cref="IsEnglish"/> tells when that fails.</summary>
internal static partial class QuestionKinds
{
    public static QuestionKind Of(string question) =>
        Identity.IsMatch(question) ? QuestionKind.Identity
        : Solution.IsMatch(question) ? QuestionKind.Solution
        : FollowUp.IsMatch(question) ? QuestionKind.FollowUp
        : HowTo.IsMatch(question) ? QuestionKind.HowTo
        : Debug.IsMatch(question) ? QuestionKind.Debug
        : Explain.IsMatch(question) ? QuestionKind.Explain
        : QuestionKind.Other;

    /// <summary>Whether a question points to what is at hand (this, the error, my line, a word of the message) rather than to a subject.</summary>
    public static bool PointsTo(string question, StudentError error) => Pointing.IsMatch(question) || SharesAWord(question, $"{error.Name} {error.Message}");

    private static bool SharesAWord(string question, string message)
    {
        var words = Parts.Matches(message).Select(word => word.Value).Where(word => word.Length > 2 && !Common.Contains(word)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Parts.Matches(question).Any(word => words.Contains(word.Value));
    }

    /// <summary>False when hardly a word of the question is English; short questions get the benefit of the doubt.</summary>
    public static bool IsEnglish(string question)
    {
        var words = Word.Matches(question);
        return words.Count(word => word.Value.Any(letter => letter > 0x24F)) * 2 <= words.Count
            && (words.Count < 4 || words.Any(word => Common.Contains(word.Value)));
    }

    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "the", "a", "is", "it", "i", "my", "what", "why", "how", "do", "does", "to", "this", "that", "not", "with", "of", "can", "please",
        "help", "me", "fix", "explain", "and", "for", "you", "are", "give", "show", "next", "work", "works", "get", "need", "where", "did", "wrong",
    };

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    [GeneratedRegex(@"\b(who|what) are you\b|\bare you (an? )?(real|human|person|ai|bot|robot|llm|language model|chatgpt|gpt|machine|model)\b|\bwhat (model|llm|ai) (is|are)\b|\bwhich (model|llm|ai) (is|are)\b", Options)]
    private static partial Regex Identity { get; }

    [GeneratedRegex(@"\b(give|show|tell|write|send|paste|provide) (me )?(just |only )?(the |a |an )?(full |whole |complete |entire |finished |working |correct(ed)? |right |fixed |exact )*(solution|answer|code|program|function)\b|\b(solve|do|finish|complete|write) (this|it|that|my|the) ?(\w+ )?(for me|exercise|task|assignment|homework|problem|code)\b|\bsolve (this|it)\b|\b(do|write|fix|solve|finish|complete) (it|this|that|everything) for me\b|\bjust (tell|give|fix|write|solve)\b|\bwrite (the|my) code\b|\bthe (full |complete |whole )solution\b", Options)]
    private static partial Regex Solution { get; }

    [GeneratedRegex(@"\b(another|more|next|further|bigger|second|third) (hint|help|clue|tip|details?)\b|^(a )?hint\b|\bstill\b|\bdo(n't| not) (understand|get it|get this|know)\b|\b(i am|i'm|im) (stuck|lost|confused)\b|\bwhat (now|next)\b|^(and|ok|okay|so|more|why|again|help)\b[ ?!.]*$|\bthat did(n't| not) (help|work)\b|\bgo on\b", Options)]
    private static partial Regex FollowUp { get; }

    [GeneratedRegex(@"\bhow (do|can|could|should|would|to|might)\b|\b(which|what) (function|method|command|package|library|keyword)\b|\bis there a (way|function|method)\b|\bwant to (make|create|plot|read|sort|filter|calculate|compute|find|convert)\b", Options)]
    private static partial Regex HowTo { get; }

    [GeneratedRegex(@"\b(wrong|incorrect|unexpected|strange|weird) (result|output|answer|value|number|values|plot)?\b|\b(doesn't|does not|isn't|is not|not|never|won't|doesnt) (work|working|print|printing|do|stop|end|change|return|show)\w*\b|\b(is|are|looks?|seems?|comes out|get) (wrong|incorrect|off|strange|weird|different)\b|\bbugs?\b|\bdebug\b|\binstead of\b|\bnothing happens\b|\bshould (be|print|return|give)\b|\b(no|without an?|gives no|not an) error\b|\b(result|output|answer|value|it|which) (is|are|stays?|remains?|comes out) (always|never|still|only)\b", Options)]
    private static partial Regex Debug { get; }

    [GeneratedRegex(@"\bexplain\b|\bwhat (is|are|does|do|means?)\b|\bwhat's\b|\bwhy\b|\bdifference between\b|\bmean(s|ing)?\b|\bunderstand\b", Options)]
    private static partial Regex Explain { get; }

    [GeneratedRegex(@"\b(this|that|it|error|fail\w*|crash\w*|exception|traceback|message|line|wrong|fix|broken|problem|works?|my code|here|mistake|why|what('s| is) missing)\b", Options)]
    private static partial Regex Pointing { get; }

    /// <summary>The words in names, too: NullReferenceException has three.</summary>
    [GeneratedRegex(@"\p{Lu}?\p{Ll}+|\p{Lu}+", RegexOptions.NonBacktracking)]
    private static partial Regex Parts { get; }

    [GeneratedRegex(@"\p{L}[\p{L}']*", RegexOptions.NonBacktracking)]
    private static partial Regex Word { get; }
}
