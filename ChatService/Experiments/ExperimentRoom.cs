using Lyceum.ChatService.Prompts;

namespace Lyceum.ChatService.Experiments;

/// <summary>Which learners an experiment can have beside those that run: in its own layer others than they have, in other layers for other things.</summary>
internal static class ExperimentRoom
{
    /// <summary>How many buckets a share is.</summary>
    public static int Width(Experiment experiment) => (int)Math.Round(experiment.Share * Draw.Buckets);

    /// <summary>The first of enough free buckets in a row; null when the layer has no such room.</summary>
    public static int? Find(Experiment experiment, IEnumerable<Experiment> running)
    {
        var at = 0;
        foreach (var other in running.Where(other => other.Layer == experiment.Layer).OrderBy(other => other.FirstBucket))
        {
            if (at + Width(experiment) <= other.FirstBucket)
            {
                return at;
            }

            at = other.FirstBucket!.Value + Width(other);
        }

        return at + Width(experiment) <= Draw.Buckets ? at : null;
    }

    /// <summary>An experiment of another layer that changes the same thing, in words; null for none.</summary>
    public static string? Conflict(Experiment experiment, IEnumerable<Experiment> running)
    {
        var mine = Changes(experiment);
        foreach (var other in running.Where(other => other.Layer != experiment.Layer))
        {
            if (Changes(other).Intersect(mine, StringComparer.Ordinal).FirstOrDefault() is { } both)
            {
                return $"'{other.Name}' of the layer '{other.Layer}' changes '{both}', too: put both into one layer.";
            }
        }

        return null;
    }

    private static HashSet<string> Changes(Experiment experiment)
    {
        HashSet<string> changes = new(StringComparer.Ordinal);
        foreach (var arm in experiment.Arms)
        {
            Add("model", arm.Model);
            Add("expert_model", arm.ExpertModel);
            Add("temperature", arm.Temperature);
            Add("strategy", arm.Strategy);
            Add("max_hint_level", arm.MaxHintLevel);
            changes.UnionWith((arm.Prompts ?? []).Select(version => $"prompt {PromptName.Of(version)}"));
        }

        return changes;

        void Add(string what, object? value)
        {
            if (value is not null)
            {
                changes.Add(what);
            }
        }
    }
}
