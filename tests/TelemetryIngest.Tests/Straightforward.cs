namespace Lyceum.TelemetryIngest.Tests;

/// <summary>The metrics once more, as plainly as docs/metrics.md writes them: nested loops over everything, nothing shared with the service.</summary>
internal static class Straightforward
{
    private const int Break = 30 * 60;
    private const int Idle = 5 * 60;

    /// <summary>An execution, in seconds; without an error it succeeded.</summary>
    public sealed record Step(int At, string Notebook, string Cell, string? Error, string Message, int Line, string Code);

    public static double? ErrorQuotient(List<Step> steps)
    {
        List<double> scores = [];
        for (var i = 0; i < steps.Count; i++)
        {
            var next = steps.Skip(i + 1).FirstOrDefault(other => other.Notebook == steps[i].Notebook);
            if (next is null || next.At - steps[i].At > Break)
            {
                continue;
            }

            var both = steps[i].Error is not null && next.Error is not null;
            scores.Add(((both ? 8 : 0) + (both && steps[i].Error == next.Error ? 3 : 0)) / 11.0);
        }

        return scores.Count == 0 ? null : scores.Average();
    }

    public static double RepeatedErrorDensity(List<Step> steps)
    {
        var sum = 0.0;
        foreach (var notebook in steps.Select(step => step.Notebook).Distinct())
        {
            var word = "";
            List<string> words = [];
            Step? last = null;
            foreach (var step in steps.Where(step => step.Notebook == notebook))
            {
                // A letter for each execution, the same letter for the same error; what breaks a row begins another word.
                var letter = step.Error is null ? '.' : step.Error[^1];
                if (last is not null && (step.At - last.At > Break || word.Length > 0 && word[^1] != letter || letter == '.'))
                {
                    words.Add(word);
                    word = "";
                }

                word += letter;
                last = step;
            }

            words.Add(word);
            sum += words.Where(one => one.Length > 1).Sum(one => Math.Pow(one.Length - 1, 2) / one.Length);
        }

        return sum;
    }

    public static Dictionary<string, double?> Watwins(Dictionary<string, List<Step>> learners)
    {
        Dictionary<string, List<(Step One, Step Next)>> pairs = [];
        foreach (var (learner, steps) in learners)
        {
            pairs[learner] = [];
            for (var i = 0; i < steps.Count; i++)
            {
                var next = steps.Skip(i + 1).FirstOrDefault(other => other.Notebook == steps[i].Notebook && other.Cell == steps[i].Cell);
                if (next is not null && next.At - steps[i].At <= Break && next.Code != steps[i].Code)
                {
                    pairs[learner].Add((steps[i], next));
                }
            }
        }

        return pairs.ToDictionary(own => own.Key, own => own.Value.Count == 0 ? (double?)null : own.Value.Average(pair => Score(pair.One, pair.Next)));

        double Score(Step one, Step next)
        {
            if (one.Error is null)
            {
                return 0;
            }

            double[] times = [.. pairs.Values.SelectMany(some => some).Where(pair => pair.One.Error == one.Error).Select(pair => (double)(pair.Next.At - pair.One.At))];
            var mean = times.Sum() / times.Length;
            var deviation = Math.Sqrt(times.Select(time => Math.Pow(time - mean, 2)).Sum() / times.Length);
            double took = next.At - one.At;
            var score = took > mean + deviation + 1e-6 ? 25 : took < mean - deviation - 1e-6 ? 1 : 15;
            if (next.Error is not null)
            {
                score += next.Message == one.Message ? 4 : 0;
                score += next.Error == one.Error ? 4 : 0;
                score += next.Line == one.Line ? 2 : 0;
            }

            return score / 35.0;
        }
    }

    public static double TimeOnTask(List<Step> steps)
    {
        var sum = 0;
        for (var i = 1; i < steps.Count; i++)
        {
            var gap = steps[i].At - steps[i - 1].At;
            sum += gap <= Idle ? gap : 0;
        }

        return sum;
    }
}
