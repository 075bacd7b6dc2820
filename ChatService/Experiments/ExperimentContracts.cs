namespace Lyceum.ChatService.Experiments;

/// <summary>What an arm changes; what it leaves out is as without the experiment.</summary>
/// <param name="Name">The arm's name: 1 to 60 letters, digits, <c>-</c> or <c>_</c>.</param>
/// <param name="Weight">How many parts of the learners it gets, 1 to 100; 1 unless given.</param>
/// <param name="Model">The tutor's model.</param>
/// <param name="ExpertModel">The expert's model; an empty text for no expert.</param>
/// <param name="Prompts">Published versions of prompts, <c>name@sha256</c>, at most one of each name.</param>
/// <param name="Temperature">How freely the tutor may choose its words, 0 to 2.</param>
/// <param name="Strategy"><c>plain</c> or <c>enhanced_guidance</c>.</param>
/// <param name="MaxHintLevel">A highest hint level, 1 to 4; it lowers the policy's and never raises it.</param>
public sealed record ExperimentArm(
    string? Name, int? Weight, string? Model, string? ExpertModel, IReadOnlyList<string>? Prompts, float? Temperature, string? Strategy, int? MaxHintLevel);

/// <summary>The body of <c>POST /tutor/courses/{course}/experiments</c> and of <c>PUT .../{id}</c> on a draft.</summary>
/// <param name="Name">Unique in the course, 1 to 100 characters.</param>
/// <param name="Description">What is to be found out, at most 4000 characters.</param>
/// <param name="Layer">Experiments of one layer share its learners out, those of different layers mix freely; <c>default</c> unless given.</param>
/// <param name="Share">Which part of the layer's learners takes part, from 0.001 to 1; 1 unless given.</param>
/// <param name="Stratify">Within what the arms are drawn: <c>none</c>, <c>assignment</c> or <c>experience</c>; <c>none</c> unless given.</param>
/// <param name="Arms">Two to ten of them.</param>
public sealed record ExperimentBody(string? Name, string? Description, string? Layer, double? Share, string? Stratify, IReadOnlyList<ExperimentArm>? Arms);

/// <summary>An experiment as instructors see it.</summary>
/// <param name="Id">Its id, a UUIDv7, which the draw depends on.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What is to be found out.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="Share">Which part of the layer's learners takes part.</param>
/// <param name="Stratify">Within what the arms are drawn.</param>
/// <param name="Arms">The arms.</param>
/// <param name="Status"><c>draft</c>, <c>running</c> or <c>ended</c>.</param>
/// <param name="FirstBucket">Once started, the first of the layer's 1000 buckets that is its own.</param>
/// <param name="CreatedAt">When it was written, UTC.</param>
/// <param name="StartedAt">When it was started, UTC; null for a draft.</param>
/// <param name="EndedAt">When it was ended, UTC; null before.</param>
public sealed record Experiment(
    Guid Id,
    string Name,
    string Description,
    string Layer,
    double Share,
    string Stratify,
    IReadOnlyList<ExperimentArm> Arms,
    string Status,
    int? FirstBucket,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt);

/// <summary>How many learners and turns an arm has had.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Stratum">Within what it was drawn: <c>all</c>, an assignment's id or <c>none</c>, <c>new</c> or <c>experienced</c>.</param>
/// <param name="Learners">Learners with at least one turn.</param>
/// <param name="Turns">Their turns.</param>
public sealed record ArmCount(string Arm, string Stratum, long Learners, long Turns);

/// <summary>The answer of <c>GET /tutor/courses/{course}/experiments/{id}</c>.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Counts">Who has been in it so far.</param>
public sealed record ExperimentState(Experiment Experiment, IReadOnlyList<ArmCount> Counts);

/// <summary>The answer of <c>GET /tutor/courses/{course}/experiments</c>.</summary>
/// <param name="Experiments">The course's experiments, newest first.</param>
public sealed record ExperimentList(IReadOnlyList<Experiment> Experiments);

/// <summary>That a turn was part of an experiment.</summary>
/// <param name="Experiment">The experiment's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Stratum">Within what it was drawn.</param>
public sealed record Exposure(Guid Experiment, string Name, string Arm, string Stratum);

/// <summary>The values of <see cref="Experiment.Status"/>.</summary>
internal static class ExperimentStatus
{
    public const string Draft = "draft";
    public const string Running = "running";
}

/// <summary>The values of <see cref="Experiment.Stratify"/>.</summary>
internal static class Stratification
{
    public const string None = "none";
    public const string Assignment = "assignment";
    public const string Experience = "experience";

    public static bool IsKnown(string name) => name is None or Assignment or Experience;
}
