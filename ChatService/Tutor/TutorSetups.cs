using Lyceum.ChatService.Experiments;
using Lyceum.ChatService.Prompts;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>Finds how a student's turn is answered: the operator's settings, over them the course's prompts, over those the arms that the student is in.</summary>
internal sealed class TutorSetups(PromptLibrary prompts, ExperimentStore experiments, ExposureStore exposures, IOptions<TutorOptions> options)
{
    /// <param name="student">Who asks.</param>
    /// <param name="assignment">The assignment of the question's notebook; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<TutorSetup> ForAsync(CallerIdentity student, Guid? assignment, CancellationToken cancellationToken) =>
        await ForAsync(
            CourseSetup.For(student, await prompts.InUseAsync(student.Course, cancellationToken), await experiments.RunningAsync(student.Course, cancellationToken)),
            student,
            assignment,
            cancellationToken);

    /// <param name="course">What holds in the student's course.</param>
    /// <param name="student">Who asks.</param>
    /// <param name="assignment">The assignment of the question's notebook; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<TutorSetup> ForAsync(CourseSetup course, CallerIdentity student, Guid? assignment, CancellationToken cancellationToken)
    {
        var expert = options.Value.ExpertModel is { Length: > 0 } model ? model : null;
        var setup = new TutorSetup(options.Value.Model, expert, course.Prompts, null, options.Value.Strategy, null, [])
        {
            ClassifierModel = options.Value.ClassifierModel is { Length: > 0 } classifier ? classifier : null,
            SummaryModel = options.Value.SummaryModel is { Length: > 0 } summary ? summary : null,
        };
        foreach (var experiment in course.Running)
        {
            setup = await InAsync(experiment, student, assignment, setup, cancellationToken);
        }

        return setup with { Temperature = setup.Temperature ?? setup.Prompts.Tutor.Temperature };
    }

    private async Task<TutorSetup> InAsync(Experiment experiment, CallerIdentity student, Guid? assignment, TutorSetup setup, CancellationToken cancellationToken)
    {
        var bucket = Draw.Bucket(student.Course, experiment.Layer, student.Learner) - experiment.FirstBucket!.Value;
        if (bucket < 0 || bucket >= ExperimentRoom.Width(experiment))
        {
            return setup;
        }

        var stratum = experiment.Stratify switch
        {
            Stratification.Assignment => assignment?.ToString() ?? "none",
            Stratification.Experience => await exposures.ExperienceAsync(experiment.Id, student.Course, student.Learner, cancellationToken),
            _ => "all",
        };
        var arm = Draw.Arm(experiment.Id, stratum, student.Learner, experiment.Arms);
        foreach (var version in arm.Prompts ?? [])
        {
            // A published version is never taken back, so it is there.
            if (await prompts.FindPublishedAsync(student.Course, version, cancellationToken) is { } prompt)
            {
                setup = setup with { Prompts = PromptLibrary.With(setup.Prompts, prompt) };
            }
        }

        return setup with
        {
            Model = arm.Model ?? setup.Model,
            ExpertModel = arm.ExpertModel is { } expert ? (expert.Length == 0 ? null : expert) : setup.ExpertModel,
            Temperature = arm.Temperature ?? setup.Temperature,
            Strategy = arm.Strategy ?? setup.Strategy,
            MaxHintLevel = arm.MaxHintLevel ?? setup.MaxHintLevel,
            Exposures = [.. setup.Exposures, new Exposure(experiment.Id, experiment.Name, arm.Name!, stratum)],
        };
    }
}

/// <summary>A course's prompts, and the experiments that a student of it may take part in.</summary>
internal sealed record CourseSetup(TutorPrompts Prompts, IReadOnlyList<Experiment> Running)
{
    /// <summary>Who tries the tutor out for a class is no learner of it.</summary>
    public static CourseSetup For(CallerIdentity student, TutorPrompts prompts, IReadOnlyList<Experiment> running) =>
        new(prompts, student.Roles.Contains(Roles.Instructor) ? [] : running);
}
